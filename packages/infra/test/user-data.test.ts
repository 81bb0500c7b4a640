import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashOf } from '../src/bundle/archive.ts';
import { bundleAgent } from '../src/bundle/bundle-agent.ts';

const SCRIPT = fileURLToPath(new URL('../assets/user-data.sh', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'user-data-'));
});
afterEach(() => rm(folder, { recursive: true }));

/**
 * Runs the user data as EC2 does, with the machine in `root` and programs of our own for what is outside of it: `curl`
 * hands out the metadata and the archives, `systemctl` and `useradd` write down what they were asked for.
 */
async function boot(
  options: { readonly agentSha256?: string; readonly userExists?: boolean; readonly node?: string } = {},
) {
  const [bin, root, calls] = ['bin', 'root', 'calls'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const agent = bundleAgent();
  const node = join(folder, 'node.tar.gz');
  await mkdir(join(folder, 'node', 'bin'), { recursive: true });
  await writeFile(join(folder, 'node', 'bin', 'node'), `#!/bin/bash\n${options.node ?? 'echo v26'}\n`, {
    mode: 0o755,
  });
  create({ file: node, cwd: join(folder, 'node'), gzip: true, sync: true }, ['bin']);
  await mkdir(bin, { recursive: true });
  await writeFile(calls, '');
  const program = (name: string, body: string) =>
    writeFile(join(bin, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
  await program(
    'curl',
    `echo "$*" >>'${join(folder, 'fetched')}'
     while [ $# -gt 1 ]; do [ "$1" != -o ] || out="$2"; shift; done
     case "$1" in
       */agent-key) cp '${agent.file}' "$out" ;;
       */node-key) cp '${node}' "$out" ;;
       */security-credentials/) echo role ;;
       */security-credentials/role) echo '{"AccessKeyId" : "AKIA", "SecretAccessKey" : "s", "Token" : "t"}' ;;
       *) echo token ;;
     esac`,
  );
  await program('id', options.userExists ? 'exit 0' : 'exit 1');
  for (const name of ['systemctl', 'useradd']) await program(name, `echo "${name} $*" >>'${calls}'`);
  const header = Object.entries({
    pixtral_config: '{"version":1}',
    pixtral_region: 'us-east-1',
    pixtral_bucket: 'bucket',
    agent_key: 'agent-key',
    agent_sha256: options.agentSha256 ?? agent.sha256,
    node_key: 'node-key',
    node_sha256: hashOf(node),
    agent_stop_seconds: '180',
  }).map(([name, value]) => `${name}='${value}'`);
  const { status, stdout } = spawnSync(
    '/bin/bash',
    ['-c', [...header, await readFile(SCRIPT, 'utf8')].join('\n')],
    {
      env: { PATH: `${bin}:${dirname('/bin/bash')}:/usr/bin:/bin`, PIXTRAL_ROOT: root },
      encoding: 'utf8',
    },
  );
  return { status, stdout, root, calls: (await readFile(calls, 'utf8')).trim().split('\n') };
}

it('gives systemd the three units and the time to drain, the model server its user, and starts the agent', async () => {
  const { status, root, calls } = await boot();
  expect(status).toBe(0);
  const units = join(root, 'etc', 'systemd', 'system');
  expect((await readdir(units)).toSorted()).toEqual([
    'pixtral-agent.service',
    'pixtral-agent.service.d',
    'pixtral-engine.service',
    'pixtral-storage.service',
  ]);
  expect(await readFile(join(units, 'pixtral-agent.service.d', 'drain.conf'), 'utf8')).toBe(
    '[Service]\nTimeoutStopSec=180\n',
  );
  expect(await readFile(join(root, 'etc', 'pixtral', 'instance.json'), 'utf8')).toBe('{"version":1}\n');
  expect(calls).toEqual([
    'useradd --system --no-create-home --home-dir /var/lib/pixtral/engine-home --shell /usr/sbin/nologin pixtral-engine',
    'systemctl daemon-reload',
    'systemctl enable --now pixtral-storage.service pixtral-agent.service',
  ]);
});

it('waits for an AWS that refuses or is silent, whatever it asks for', async () => {
  await boot();
  const fetched = (await readFile(join(folder, 'fetched'), 'utf8')).trim().split('\n');
  expect(fetched).toHaveLength(5);
  for (const args of fetched) {
    expect(args).toContain(
      '--retry 5 --retry-all-errors --connect-timeout 10 --speed-limit 1 --speed-time 30',
    );
  }
});

it('makes the user once', async () => {
  expect((await boot({ userExists: true })).calls[0]).toBe('systemctl daemon-reload');
});

it('fails for an archive that is not the one of the template, and starts nothing', async () => {
  const { status, stdout, calls } = await boot({ agentSha256: '0'.repeat(64) });
  expect(status).toBe(1);
  expect(stdout).toMatch(/agent-key has SHA-256 [0-9a-f]{64}, expected 0{64}: not started/);
  expect(calls).toEqual(['']);
});

it('lets Node use its own libatomic.so.1 where the image has none, and the agent’s unit too', async () => {
  const { status, stdout, root } = await boot({ node: '[ -n "$LD_LIBRARY_PATH" ] && echo v26' });
  expect({ status, stdout }).toMatchObject({ status: 0 });
  expect(stdout).toContain('user data: this image has no libatomic.so.1: Node runs with its own\n');
  const dropIn = join(root, 'etc', 'systemd', 'system', 'pixtral-agent.service.d', 'node.conf');
  expect(await readFile(dropIn, 'utf8')).toBe(
    `[Service]\nEnvironment=LD_LIBRARY_PATH=${root}/opt/pixtral/node/lib\n`,
  );
});

it('changes nothing for an image that has it', async () => {
  const { stdout, root } = await boot();
  expect(stdout).not.toContain('libatomic');
  const dropIns = join(root, 'etc', 'systemd', 'system', 'pixtral-agent.service.d');
  expect(await readdir(dropIns)).toEqual(['drain.conf']);
});

it('fails when Node cannot run at all, with what it said', async () => {
  const { status, stdout, calls } = await boot({
    node: 'echo "libc.so.6: version GLIBC_2.28 not found" >&2; exit 1',
  });
  expect(status).toBe(1);
  expect(stdout).toContain(
    'user data: Node cannot run on this image: libc.so.6: version GLIBC_2.28 not found\n',
  );
  expect(calls).toEqual(['']);
});
