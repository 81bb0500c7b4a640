import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSessions, writePrograms } from './fake-programs.ts';
import { OperatedCloud } from './operated-stack.ts';

const FLEET = ['--region', 'us-east-1', '--stack', 'tunnelled'];

let cloud: OperatedCloud;
let balancer: Server;
let instance: string;
beforeAll(async () => {
  cloud = await OperatedCloud.start();
  balancer = createServer((request, response) => response.end(`asked ${request.url}`)).listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  const { port } = balancer.address() as AddressInfo;
  const outputs = await cloud.create('tunnelled', { endpointUrl: `http://127.0.0.1:${port}` });
  instance = await cloud.serve(outputs.AutoScalingGroupName ?? '');
}, 120_000);
afterAll(async () => {
  balancer?.close();
  await cloud?.stop();
});

it('leads to the balancer through an instance, comes back when it is lost, and leaves nothing', async () => {
  const programs = await writePrograms(cloud.folder, { plugin: true });
  const child = cloud.start(['tunnel', ...FLEET, '--json'], programs);
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  const [line] = await once(child.stdout, 'data');
  const { url, model } = JSON.parse(String(line));
  expect(model).toBe('pixtral-12b');
  expect(await (await fetch(`${url}/v1/models`)).text()).toBe('asked /v1/models');
  const noted = join(cloud.folder, '.pixtral', 'tunnel.json');
  expect(existsSync(noted)).toBe(true);

  const [first] = await readSessions(cloud.folder);
  expect(first?.target).toBe(instance);
  process.kill(first?.pid ?? 0, 'SIGKILL');
  await expect
    .poll(
      () =>
        fetch(`${url}/again`).then(
          (answer) => answer.text(),
          () => 'lost',
        ),
      { timeout: 15_000 },
    )
    .toBe('asked /again');
  // The port answers a moment before it is said.
  await expect
    .poll(() => told)
    .toMatch(/connecting through i-\w+\nopen .*\nlost .*; again in 1 s\nconnecting .*\nopen/);

  const sessions = await readSessions(cloud.folder);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(noted)).toBe(false);
  for (const { pid } of sessions) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it("fails without AWS's plugin, saying where to get it", async () => {
  const child = cloud.start(['tunnel', ...FLEET], await writePrograms(cloud.folder, { plugin: false }));
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  const [code] = await once(child, 'exit');
  expect(told).toContain('a tunnel needs session-manager-plugin, which is not on PATH: install');
  expect(code).toBe(2);
});

it('fails for a port that is taken, naming it', async () => {
  const { port } = balancer.address() as AddressInfo;
  const programs = await writePrograms(cloud.folder, { plugin: true });
  const child = cloud.start(['tunnel', ...FLEET, '--port', String(port)], programs);
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  expect((await once(child, 'exit'))[0]).toBe(2);
  expect(told).toContain(`port ${port} of this machine cannot be used`);
});
