// Plain JavaScript for Node 18 and later: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder that holds package.json. */
export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Node 26 as installed from npm: runs TypeScript as it is, whatever Node the system has. */
export const modernNode = join(repositoryRoot, 'node_modules', '.bin', 'node');

const OLDEST_NODE = 18;
const stampFile = join(repositoryRoot, 'node_modules', '.pixtral-setup');

/** Installs the locked dependencies when they are missing or the lock file has changed. Idempotent. */
export function setUp({ quiet = false } = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(
      `Node ${process.versions.node} is too old: version ${OLDEST_NODE} or later is needed to install the rest.`,
    );
  }
  const wanted = lockHash();
  if (installedHash() === wanted && existsSync(modernNode)) return;
  if (!quiet) console.error('Installing dependencies from package-lock.json (once, about a minute)…');
  const started = Date.now();
  const result = spawnSync(npmCommand(), [...npmArguments(), 'ci', '--loglevel=error'], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (result.error || result.status !== 0) {
    const cause = result.error ? result.error.message : `${result.stdout}${result.stderr}`.trim();
    fail(
      `Dependencies could not be installed: "npm ci" failed.\n\n${cause}\n\nCheck the network and free disk space, then run the same command again.`,
    );
  }
  if (!existsSync(modernNode)) {
    fail(
      'npm ci succeeded, but Node 26 (npm package "node") is missing. Install scripts may be switched off: run "npm config get ignore-scripts".',
    );
  }
  writeFileSync(stampFile, wanted);
  if (!quiet) console.error(`Dependencies installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(repositoryRoot, 'package-lock.json')))
    .digest('hex');
}

function installedHash() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
}

// npm tells its own path to the scripts that it runs; without it the command is looked up as usual.
function npmCommand() {
  return process.env.npm_execpath ? process.execPath : 'npm';
}

function npmArguments() {
  return process.env.npm_execpath ? [process.env.npm_execpath] : [];
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setUp({ quiet: process.argv.includes('--quiet') });
}
