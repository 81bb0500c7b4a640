import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

describe('what the command line loads', () => {
  it('is commander and its own declarations of the commands, until a command runs', async () => {
    const loaded = await modulesLoadedBy(['--help']);
    const foreign = loaded
      .map((url) => fileURLToPath(url))
      .filter((file) => !file.startsWith(join(PACKAGE, 'src')) && !file.startsWith(join(PACKAGE, 'bin')));
    const names = new Set(foreign.map((file) => file.replace(/^.*\/(node_modules|packages)\//, '')));
    const packages = new Set([...names].map((name) => name.replace(/^((@[^/]+\/)?[^/]+).*$/, '$1')));
    // One file of the rehearsal: the names of engines and mutants that `rehearse` allows.
    expect([...packages].sort()).toEqual(['commander', 'rehearsal']);
    expect([...names].filter((name) => name.startsWith('rehearsal'))).toEqual([
      'rehearsal/src/run/options.ts',
    ]);
  });

  it('leaves the actions of other commands alone', async () => {
    const loaded = await modulesLoadedBy(['simulate', '--port', '0']);
    expect(loaded.filter((url) => url.includes('/src/actions/'))).toEqual([]);
  });
});

/** URLs of all modules that a run of the command line loads, told by Node's own module hooks. */
async function modulesLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const hook = `import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    process.on('exit', () => process.stderr.write('\\nLOADED' + JSON.stringify(urls)));`;
  const command = [
    '--import',
    `data:text/javascript,${encodeURIComponent(hook)}`,
    join(PACKAGE, 'bin', 'pixtral.mjs'),
    ...args,
  ];
  const { stderr } = await promisify(execFile)(process.execPath, command).catch(
    (error: { readonly stderr: string }) => error,
  );
  const urls: unknown = JSON.parse(stderr.slice(stderr.lastIndexOf('LOADED') + 'LOADED'.length));
  if (!Array.isArray(urls)) throw new Error(`the hook told ${stderr}`);
  return urls.filter((url): url is string => typeof url === 'string' && url.startsWith('file:'));
}
