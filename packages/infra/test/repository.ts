import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `pixtral.config.ts` and `packages/`. */
export const REPOSITORY: string = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
