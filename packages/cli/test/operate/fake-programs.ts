import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Forwards TCP as AWS's CLI does with its Session Manager plugin, and notes its process id and target. */
const AWS = `#!${process.execPath}
const { connect, createServer } = require('node:net');
const { appendFileSync } = require('node:fs');
const args = process.argv.slice(2);
if (args[0] === '--version') { console.log('aws-cli/2.0.0'); process.exit(0); }
const value = (name) => args[args.indexOf(name) + 1];
const { host: [host], portNumber: [port], localPortNumber: [local] } = JSON.parse(value('--parameters'));
if (value('--document-name') !== 'AWS-StartPortForwardingSessionToRemoteHost') process.exit(9);
createServer((socket) => {
  const remote = connect(Number(port), host);
  socket.pipe(remote).pipe(socket);
  for (const side of [socket, remote]) side.on('error', () => { socket.destroy(); remote.destroy(); });
}).listen(Number(local), '127.0.0.1', () => {
  console.log('Port ' + local + ' opened for sessionId test.');
  appendFileSync(process.env.PIXTRAL_HOME + '/sessions', process.pid + ' ' + value('--target') + '\\n');
});
`;

/** A folder with `aws` and `session-manager-plugin`, or with the first alone. */
export async function writePrograms(
  folder: string,
  { plugin }: { readonly plugin: boolean },
): Promise<string> {
  const programs = join(folder, plugin ? 'programs' : 'programs-without-plugin');
  await mkdir(programs, { recursive: true });
  const files = { aws: AWS, ...(plugin ? { 'session-manager-plugin': '#!/bin/sh\necho 1.2.0\n' } : {}) };
  for (const [name, source] of Object.entries(files)) {
    await writeFile(join(programs, name), source);
    await chmod(join(programs, name), 0o755);
  }
  return programs;
}

/** The sessions that were opened so far, oldest first. */
export async function readSessions(
  home: string,
): Promise<readonly { readonly pid: number; readonly target: string }[]> {
  const text = await readFile(join(home, 'sessions'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [pid = '', target = ''] = line.split(' ');
      return { pid: Number(pid), target };
    });
}
