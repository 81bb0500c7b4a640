// Makes the folder that is published: compiled ESM, declarations, package.json, README and LICENSE.
//   npm run build -w packages/client && npm publish packages/client/dist
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'tsdown';
import { outputName, publishedManifest, type WorkspaceManifest } from './manifest.ts';

const packageFolder = join(import.meta.dirname, '..');
const repositoryFolder = join(packageFolder, '..', '..');

/** @returns the folder, which is emptied first. */
export async function buildPackage(folder: string = join(packageFolder, 'dist')): Promise<string> {
  const workspace: WorkspaceManifest = JSON.parse(
    await readFile(join(packageFolder, 'package.json'), 'utf8'),
  );
  await build({
    config: false,
    cwd: packageFolder,
    outDir: folder,
    clean: true,
    entry: Object.fromEntries(Object.values(workspace.exports).map((source) => [outputName(source), source])),
    format: 'esm',
    platform: 'node',
    // As `engines`; `await using` is written out for Node 22.
    target: 'node22.19',
    fixedExtension: false,
    dts: true,
    deps: { alwaysBundle: [/^@pixtral-fleet\//], neverBundle: Object.keys(workspace.peerDependencies) },
    logLevel: 'warn',
  });
  await writeFile(
    join(folder, 'package.json'),
    `${JSON.stringify(publishedManifest(workspace), undefined, 2)}\n`,
  );
  await copyFile(join(packageFolder, 'README.md'), join(folder, 'README.md'));
  await copyFile(join(repositoryFolder, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

if (import.meta.main) console.log(`built ${await buildPackage()}`);
