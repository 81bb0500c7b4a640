#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// TypeScript without its types, and compiled: kept between starts, which halves them. In the repository and not in the
// system's folder for temporary files, where others could put code. Where it cannot be written, nothing is kept.
const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
enableCompileCache(join(repository, '.cache', 'compiled'));

// Not at the top: an import would be compiled before the cache is there.
const { main } = await import('../src/main.ts');

process.exitCode = await main(process.argv.slice(2));
