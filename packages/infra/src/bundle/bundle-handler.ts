import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFile } from './bundle-file.ts';
import { placeFolder } from './place-folder.ts';

/**
 * Folder with a Lambda as one file, the AWS SDK included: the handler then runs as it was tested.
 * @param name folder of `src` whose `handler.ts` it is
 */
export function bundleHandler(name: 'canary' | 'seeding' | 'verification'): string {
  const source = dirname(dirname(fileURLToPath(import.meta.url)));
  const code = bundleFile({ entry: join(source, name, 'handler.ts'), format: 'cjs' });
  return placeFolder(name, { 'index.js': code });
}
