import { join } from 'node:path';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { createProgram } from '../src/program.ts';
import { REPOSITORY } from '../src/repository.ts';
import { formatCommands, formatExitCodes } from './format-commands.ts';

const document = join(REPOSITORY, 'docs', 'cli.md');
await writeSection({ document, name: 'commands' }, formatCommands(createProgram(() => undefined)));
await writeSection({ document, name: 'exit codes' }, formatExitCodes());
