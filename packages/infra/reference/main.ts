import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../src/bundle/cache-folder.ts';
import { checkSections } from './check-options.ts';
import { formatReference } from './format-reference.ts';
import { listSections } from './list-sections.ts';
import { readInterfaces } from './read-interfaces.ts';
import { readSchema, resolveLeast } from './read-schema.ts';

// `npm run docs -w packages/infra`: writes docs/configuration.md from the config's interfaces and schema.
const sections = listSections(readInterfaces(), readSchema());
const problems = checkSections(sections, resolveLeast());
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else await writeFile(join(REPOSITORY, 'docs', 'configuration.md'), formatReference(sections));
