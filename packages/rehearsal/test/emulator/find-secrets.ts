import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What secrets look like, and properties that would hold one. */
const SECRETS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Hugging Face token', /hf_[A-Za-z0-9]{30,}/],
  ['AWS access key', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}/],
  ['GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['value of a secret in a template', /"SecretString"\s*:/],
];

/** Names of the kinds of secrets in a text; `known` are values that must not be there either. */
export function findSecrets(text: string, known: readonly string[] = []): readonly string[] {
  const kinds = SECRETS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
  return [...kinds, ...known.filter((value) => text.includes(value)).map(() => 'value of a secret')];
}

/** Looks into every file below a folder, and into the archives among them: `path: what was found`. */
export async function findSecretsInFolder(
  folder: string,
  known: readonly string[] = [],
): Promise<{ readonly files: readonly string[]; readonly findings: readonly string[] }> {
  const files: string[] = [];
  const findings: string[] = [];
  const look = async (root: string, shown: string): Promise<void> => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => found.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const name = join(shown, relative(root, path));
      files.push(name);
      if (entry.name.endsWith('.tar.gz')) await unpacked(path, (inside) => look(inside, name));
      const text = await readFile(path, 'latin1');
      findings.push(...findSecrets(text, known).map((what) => `${name}: ${what}`));
    }
  };
  await look(folder, '');
  return { files, findings };
}

async function unpacked(archive: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    await execute('tar', ['-xzf', archive, '-C', folder]);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
