// `npm start`: set up what is missing, then rehearse the whole cloud on this machine.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';

setUp();
const entry = join(repositoryRoot, 'packages', 'cli', 'bin', 'pixtral.mjs');
const child = spawn(modernNode, [entry, 'rehearse', ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; this process only waits for it to clean up.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
