import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of a package that the picture worker loads. */
export interface PackageFile {
  /** Such as `node_modules/sharp/package.json`. */
  readonly path: string;
  readonly file: string;
}

/** What sharp itself loads beside its platform's own packages. */
const DEPENDENCIES = ['@img/colour', 'detect-libc', 'semver'];

/** Of no use where it runs: sources, what builds them, types. */
const LEFT_OUT = /^(src|install)\/|\.d\.[cm]?ts$/;

/** Platform of the instances, in the names of sharp's packages: x64 with glibc. */
export const INSTANCE_PLATFORM = 'linux-x64';

/**
 * The files of sharp and of all that it loads, as npm installed them here: no bundle can hold native code.
 * @throws Error that says what to install, on a machine that has another platform's only
 */
export function listWorkerPackages(platform: string): readonly PackageFile[] {
  const require = createRequire(import.meta.url);
  const sharp = dirname(dirname(require.resolve('sharp')));
  const { version, optionalDependencies }: SharpManifest = JSON.parse(
    readFileSync(join(sharp, 'package.json'), 'utf8'),
  );
  const fromSharp = createRequire(join(sharp, 'package.json'));
  const folderOf = (name: string) => {
    const found = (fromSharp.resolve.paths(name) ?? []).map((path) => join(path, name)).find(existsSync);
    if (found !== undefined) return found;
    const missing = [`@img/sharp-${platform}`, `@img/sharp-libvips-${platform}`].map(
      (each) => `${each}@${optionalDependencies[each] ?? version}`,
    );
    throw new Error(
      `gateway.normalizePictures needs sharp for ${platform}, and ${name} is not installed: run "npm install --no-save --force ${missing.join(' ')}"`,
    );
  };
  const packages = [...DEPENDENCIES, `@img/sharp-${platform}`, `@img/sharp-libvips-${platform}`];
  return [...listFiles('sharp', sharp), ...packages.flatMap((name) => listFiles(name, folderOf(name)))];
}

interface SharpManifest {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function listFiles(name: string, folder: string): readonly PackageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !LEFT_OUT.test(path) && !path.startsWith('node_modules/'))
    .map((path) => ({ path: join('node_modules', name, path), file: join(folder, path) }));
}
