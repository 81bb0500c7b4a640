// `npm run test:boot`: the real units on a really booted machine, see docs/boot.md. Linux, as root.
//   --short   leaves out what another check shows as well; what `npm test` runs
//   --write   writes docs/boot.md when everything passed
// Leaves with code 77 and the reason where no machine can be booted. On Debian it installs what is missing by apt-get.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { APART, controlGroup, removeOldGroups, whyNoMachine } from './boot-possible.mjs';
import { modernNode, repositoryRoot, setUp } from './setup.mjs';

const SKIPPED = 77;

/** The whole of it takes four minutes on two idle cores. */
const LONGEST_RUN_MS = 20 * 60_000;

/**
 * Runs "$@" in the control group $1, and removes the folders $2 when the last process has left. It stays until then, whoever
 * else is told to end: by a terminal, or with the script that started it.
 */
const IN_GROUP = `
group=$1 folders=$2; shift 2
trap : INT TERM HUP
mkdir "$group" || exit 1
(echo 0 >"$group/cgroup.procs" && exec "$@")
code=$?
for _ in $(seq 100); do
  left=
  for folder in $folders; do
    [ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || left="$left $folder"
  done
  [ -n "$left" ] || exit $code
  sleep 0.1
done
echo "these control groups cannot be removed:$left" >&2
exit 1
`;

const main = join(repositoryRoot, 'packages', 'rehearsal', 'src', 'boot', 'main.ts');

/** What ends by itself when its standard input does, which it does however this script ends. */
let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    running?.stdin.end();
  });
}

process.exit(await testBoot());

async function testBoot() {
  const whyNot = whyNoMachine();
  if (whyNot) {
    console.log(`SKIPPED: no machine was booted, because ${whyNot}`);
    return SKIPPED;
  }
  setUp();
  // With the network of this machine: it asks package registries.
  const prepared = await run(modernNode, [main, 'prepare']);
  if (prepared !== 0) return prepared;
  removeOldGroups();
  const { group, folders } = controlGroup();
  const test = ['unshare', ...APART, modernNode, main, 'run', ...process.argv.slice(2)];
  return run('sh', ['-c', IN_GROUP, 'sh', group, folders.join(' '), ...test]);
}

async function run(command, args) {
  if (interrupted) return 130;
  running = spawn(command, args, { cwd: repositoryRoot, stdio: ['pipe', 'inherit', 'inherit'] });
  const late = setTimeout(() => {
    console.error(`not done after ${LONGEST_RUN_MS / 60_000} minutes: ended`);
    running.stdin.end();
  }, LONGEST_RUN_MS);
  const [code] = await once(running, 'exit');
  clearTimeout(late);
  // Null: ended by a signal.
  return interrupted ? 130 : (code ?? 1);
}
