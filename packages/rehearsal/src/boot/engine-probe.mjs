// Runs in the place of the model server, with all that its unit gives and takes, and tries what must not be possible.
// Prints one line: `engine-probe: ` and JSON. Plain JavaScript: it is put into the runtime's image as it is.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const CONNECT_MS = 3_000;

const ADDRESSES = [
  ['169.254.169.254', 80],
  ['10.77.0.1', 80],
  // Nobody is there: with a network the answer would be silence, not "unreachable".
  ['192.0.2.1', 443],
  // The agent's gateway listens on all addresses of the machine.
  ['127.0.0.1', 8080],
];

/** Of systemd, D-Bus and the agent: whoever may talk to these needs no network. */
const SOCKETS = [
  '/run/dbus/system_bus_socket',
  '/run/systemd/journal/stdout',
  '/run/pixtral/engine-output.sock',
];

const FOLDERS_TO_WRITE = [
  ...[
    '/',
    '/etc',
    '/usr/bin',
    '/opt',
    '/root',
    '/home',
    '/run',
    '/run/pixtral',
    '/sys/fs/cgroup',
    '/proc/sys/kernel',
  ],
  ...[
    '/var/lib',
    '/var/lib/pixtral',
    '/var/lib/pixtral/model',
    '/var/lib/pixtral/runtime',
    '/var/lib/pixtral/engine-home',
  ],
  ...['/run/pixtral-engine', '/var/log', '/dev'],
];

const FILES_TO_READ = [
  '/etc/pixtral/instance.json',
  '/opt/pixtral/agent/agent.mjs',
  '/etc/shadow',
  '/run/pixtral/engine-output.sock',
  '/proc/1/environ',
];

function connectTo(name, where) {
  return new Promise((resolve) => {
    const socket = connect({ ...where, timeout: CONNECT_MS });
    const end = (outcome) => {
      socket.destroy();
      resolve([name, outcome]);
    };
    socket.on('connect', () => end('connected'));
    socket.on('timeout', () => end('timeout'));
    socket.on('error', (error) => end(error.code));
  });
}

function attempt(work) {
  try {
    work();
    return 'done';
  } catch (error) {
    return error.code ?? String(error.message);
  }
}

function write(folder) {
  const file = `${folder}/engine-probe-${process.pid}`;
  const outcome = attempt(() => writeFileSync(file, 'x'));
  if (outcome === 'done') rmSync(file, { force: true });
  return outcome;
}

const ownUid = process.getuid();
const others = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name))
  .filter((name) => {
    try {
      return statSync(`/proc/${name}`).uid !== ownUid;
    } catch {
      // Ended meanwhile.
      return false;
    }
  });

const result = {
  uid: ownUid,
  connected: Object.fromEntries(
    await Promise.all(ADDRESSES.map(([host, port]) => connectTo(`${host}:${port}`, { host, port }))),
  ),
  sockets: Object.fromEntries(await Promise.all(SOCKETS.map((path) => connectTo(path, { path })))),
  interfaces: readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .slice(2)
    .map((line) => line.split(':')[0].trim())
    .filter(Boolean),
  written: Object.fromEntries(FOLDERS_TO_WRITE.map((folder) => [folder, write(folder)])),
  read: Object.fromEntries(FILES_TO_READ.map((file) => [file, attempt(() => readFileSync(file))])),
  othersProcesses: others.length,
  // A user namespace would give all capabilities back, within it.
  unshared: attempt(() =>
    execFileSync('unshare', ['--user', '--map-root-user', 'true'], { stdio: 'ignore' }),
  ),
  environment: Object.keys(process.env).sort(),
};
console.log(`engine-probe: ${JSON.stringify(result)}`);
