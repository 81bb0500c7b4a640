import { buildSync } from 'esbuild';
import { REPOSITORY } from './cache-folder.ts';

export interface BundleFileOptions {
  /** Absolute path of the source. */
  readonly entry: string;
  readonly format: 'esm' | 'cjs';
  /** First line of the bundle. @default - none */
  readonly banner?: string;
  /** Packages that are not bundled but looked for when it runs. @default - none */
  readonly external?: readonly string[];
}

const bundled = new Map<string, Uint8Array>();

/**
 * One JavaScript file with all that a source imports: the same bytes from any working folder, since hashes are made of
 * it. A process bundles a source once, however many templates it makes.
 */
export function bundleFile(options: BundleFileOptions): Uint8Array {
  const key = JSON.stringify([options.entry, options.format, options.banner, options.external]);
  const content = bundled.get(key) ?? bundle(options);
  bundled.set(key, content);
  return content;
}

function bundle({ entry, format, banner, external = [] }: BundleFileOptions): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    // Comments name each module's path relative to this.
    absWorkingDir: REPOSITORY,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format,
    external: [...external],
    ...(banner ? { banner: { js: banner } } : {}),
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [output] = outputFiles;
  if (!output) throw new Error(`esbuild made nothing of ${entry}`);
  return output.contents;
}
