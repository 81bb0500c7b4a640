import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { countTo, startInstance } from './start-instance.ts';

describe('an instance that serves', () => {
  test('publishes its load, its requests and its boot, and sends its log', async () => {
    await using instance = await startInstance();
    await instance.untilReady(200);
    await using client = await instance.client();
    await client.chat.create(countTo(50));
    const { telemetry } = instance.aws;
    while (telemetry.total('AnswerTokens') === undefined) await sleep(50);
    expect(telemetry.namespaces.every((namespace) => namespace === 'PixtralFleet')).toBe(true);
    const names = new Set(telemetry.data.map(({ MetricName }) => MetricName));
    for (const name of [
      ...['Load', 'KvCacheUsed', 'RequestsInFlight', 'ImageTokenBacklog', 'ApiKeyAge', 'TokensPerSecond'],
      ...['BootDuration', 'BootAgentStart', 'BootFiles', 'BootEngineStart', 'BootEngineReady', 'BootGate'],
      ...['BootInService', 'GateScore', 'RefusedLate', 'RefusedOverdue', 'RefusedFull'],
    ])
      expect(names).toContain(name);
    // No GPU here: absent, not zero.
    expect(names).not.toContain('GpuMemoryUsed');
    expect(telemetry.total('Requests')).toBe(1);
    expect(telemetry.total('ServerErrors')).toBe(0);
    const load = telemetry.data.find(({ MetricName }) => MetricName === 'Load')?.StatisticValues;
    expect(load?.Minimum).toBe(0);
    expect(load?.SampleCount).toBeGreaterThan(1);
    const lines = () => telemetry.streams.get('fleet-agents i-0abc/agent')?.join('\n') ?? '';
    while (!lines().includes('"in service"')) await sleep(50);
    while (!telemetry.streams.get('fleet-agents i-0abc/engine')?.length) await sleep(50);
  });

  test('tells Prometheus its own metrics and the model server’s, on the loopback alone', async () => {
    await using instance = await startInstance();
    await instance.untilReady(200);
    await using client = await instance.client();
    await client.chat.create(countTo(10));
    const url = instance.log.flatMap((line) => /"(http:[^"]+\/metrics)"/.exec(line)?.[1] ?? [])[0] ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const text = await (await fetch(url)).text();
    expect(text).toContain('pixtral_requests_total 1\n');
    expect(text).toContain('pixtral_gate_score_ratio 1\n');
    expect(text).toMatch(/pixtral_boot_phase_seconds\{phase="engine-ready"\} [\d.]+\n/);
    expect(text).toMatch(/pixtral_agent_info\{instance_id="i-0abc",.*stack="fleet"\} 1\n/);
    expect(text).toContain('pixtral_engine_up 1\n');
    expect(text).toMatch(/vllm:generation_tokens_total\{.*\} [1-9]/);
    const gateway = await instance.url();
    expect((await fetch(`${gateway}/metrics`)).status).toBe(404);
    process.kill(instance.enginePid(), 'SIGSTOP');
    expect(await (await fetch(url)).text()).toContain('pixtral_engine_up 0\n');
    process.kill(instance.enginePid(), 'SIGCONT');
  });

  test('serves on when CloudWatch takes nothing', async () => {
    await using instance = await startInstance({
      before: ({ telemetry }) => {
        telemetry.fault = () => ({ status: 400, code: 'AccessDeniedException' });
      },
    });
    await instance.untilReady(200);
    await instance.untilLogged('could not be sent to CloudWatch Logs; told once');
    await using client = await instance.client();
    expect((await client.chat.create(countTo(3))).text).toContain('3');
  });
});

describe('an instance that must not serve', () => {
  test('has told CloudWatch why before it gives its launch up', async () => {
    await using instance = await startInstance({ behaviour: { blind: true } });
    expect(await instance.exited).toBe(1);
    const { telemetry, order, group } = instance.aws;
    expect(group.completed).toEqual(['pixtral-ready ABANDON']);
    expect([telemetry.total('GateFailed'), telemetry.total('BootFailed')]).toEqual([1, 1]);
    expect(telemetry.total('BootDuration')).toBeUndefined();
    const stream = telemetry.streams.get('fleet-agents i-0abc/agent') ?? [];
    expect(stream.join('\n')).toContain('refused by the gate');
    const abandoned = order.indexOf('CompleteLifecycleAction');
    for (const action of ['Logs_20140328.PutLogEvents', 'GraniteServiceVersion20100801.PutMetricData'])
      expect(order.slice(0, abandoned)).toContain(action);
    // The very last line comes too, since the machine takes a while to go.
    expect(stream.at(-1)).toContain('the agent ends');
  });

  test('counts no gate failure when it never came to the gate', async () => {
    await using instance = await startInstance({
      before: ({ bucket }) => bucket.damage('models/tiny/consolidated.safetensors', 70_000),
    });
    expect(await instance.exited).toBe(1);
    expect(instance.aws.telemetry.total('BootFailed')).toBe(1);
    expect(instance.aws.telemetry.total('GateFailed')).toBeUndefined();
  });
});

test('a model server that dies is counted', async () => {
  await using instance = await startInstance();
  await instance.untilReady(200);
  process.kill(instance.enginePid(), 'SIGKILL');
  await instance.untilLogged('the model server serves again');
  while (instance.aws.telemetry.total('EngineRestarts') !== 1) await sleep(50);
});
