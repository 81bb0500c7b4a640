import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { recordedImage } from '../recordings.ts';

const packages = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);

it('without sharp everything works but changing a picture, which says what to install', async () => {
  const folder = await installWithoutSharp();
  const lines = await run(folder, [
    `import { createRequire } from 'node:module';`,
    `import { imagePart } from './client/src/index.ts';`,
    `const tried = async (work) => console.log(JSON.stringify(await work().then((p) => p.mediaType, (e) => e.name + ': ' + e.message)));`,
    `const require = createRequire(import.meta.url);`,
    `await tried(async () => require.resolve('sharp'));`,
    `await tried(() => imagePart('small.png'));`,
    `await tried(() => imagePart('small.png', { prepare: {} }));`,
    `await tried(() => imagePart('turned.jpg', { prepare: {} }));`,
  ]);
  expect(lines[0]).toContain("Cannot find module 'sharp'");
  expect(lines.slice(1)).toEqual([
    'image/png',
    'image/png',
    'InvalidRequestError: turned.jpg has to be changed before it is sent, and the package "sharp" is not installed: npm install sharp',
  ]);
});

/** The client and its dependencies in a folder above which no `sharp` can be found. */
async function installWithoutSharp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'without-sharp-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules/@pixtral-fleet'), { recursive: true });
  for (const name of ['client', 'catalog']) {
    await cp(join(packages, name, 'src'), join(folder, name, 'src'), { recursive: true });
    await cp(join(packages, name, 'package.json'), join(folder, name, 'package.json'));
  }
  await symlink(join(folder, 'catalog'), join(folder, 'node_modules/@pixtral-fleet/catalog'));
  const { dependencies } = require('../../package.json') as { dependencies: Record<string, string> };
  for (const name of Object.keys(dependencies).filter((each) => !each.startsWith('@'))) {
    await symlink(dirname(findPackageJson(name)), join(folder, 'node_modules', name));
  }
  await writeFile(join(folder, 'small.png'), recordedImage('16x16.png'));
  await writeFile(join(folder, 'turned.jpg'), recordedImage('exif-rotated.jpg'));
  return folder;
}

function findPackageJson(name: string): string {
  const folder = require.resolve.paths(name)?.find((path) => {
    try {
      require.resolve(join(path, name, 'package.json'));
      return true;
    } catch {
      // Not in this folder; the next one up is tried.
      return false;
    }
  });
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return join(folder, name, 'package.json');
}

async function run(folder: string, script: readonly string[]): Promise<unknown[]> {
  await writeFile(join(folder, 'script.mjs'), script.join('\n'));
  const { stdout } = await promisify(execFile)(process.execPath, ['script.mjs'], { cwd: folder });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
