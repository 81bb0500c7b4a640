// `npm run chaos`: the rehearsed fleet while its instances end and everything around them breaks; see docs/reliability.md.
//   --help   all options
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';

setUp();
const main = join(repositoryRoot, 'packages', 'rehearsal', 'src', 'chaos', 'main.ts');
const child = spawn(modernNode, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// The run itself cleans up: a terminal tells it too, whoever signals this process alone is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 130));
