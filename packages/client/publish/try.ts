// The package as a user gets it: packed, installed by npm into an empty folder, run by each Node that is asked for.
//   npm run test:package -w packages/client -- --node 22,24
// Fetches from the registry what is not in npm's cache: two dependencies, and about 40 MB for each Node.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from './pack.ts';
import { run } from './run.ts';

const { values } = parseArgs({ options: { node: { type: 'string', default: '22,24' } } });
const INSTALL = ['install', '--prefer-offline', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

const folder = await mkdtemp(join(tmpdir(), 'pixtral-client-'));
try {
  const tarball = await packPackage(folder);
  const app = await emptyFolder('app');
  await run('npm', [...INSTALL, tarball], { cwd: app });
  const size = Number((await run('du', ['-sk', 'node_modules'], { cwd: app })).split('\t')[0]);
  console.log(`installed: ${size} KiB with all dependencies`);
  await copyFile(join(import.meta.dirname, 'smoke', 'smoke.mjs'), join(app, 'smoke.mjs'));
  for (const version of values.node.split(',')) {
    const home = await emptyFolder(`node-${version}`, { allowScripts: { node: true } });
    await run('npm', [...INSTALL, `node@${version}`], { cwd: home });
    const node = join(home, 'node_modules', 'node', 'bin', 'node');
    process.stdout.write(await run(node, ['smoke.mjs'], { cwd: app }));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function emptyFolder(name: string, manifest: object = {}): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  return path;
}
