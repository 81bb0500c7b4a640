import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository that this command line belongs to. */
export const REPOSITORY: string = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Folder in whose `.pixtral` running tunnels and deployment logs are noted. @default - the repository */
export const HOME: string = process.env.PIXTRAL_HOME ?? REPOSITORY;
