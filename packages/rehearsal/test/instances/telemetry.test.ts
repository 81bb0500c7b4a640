import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type InstanceConfig, seed } from '@pixtral-fleet/agent';
import { writeSimulatedModel } from '@pixtral-fleet/simulator';
import { generateQuestions } from '@pixtral-fleet/smoke-tests/seeing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  initialBehaviour,
  writeBehaviour,
  writeSimulatedRuntime,
} from '../../src/engine/simulated-runtime.ts';
import { describeGroup } from '../../src/instances/auto-scaling-view.ts';
import { LocalInstance } from '../../src/instances/local-instance.ts';
import { callService } from '../emulator/call-service.ts';
import type { FleetStack } from '../emulator/fleet-stack.ts';
import { useFleets } from '../emulator/use-fleets.ts';

const LOG_GROUP = 'agents';
const PICTURES = 'pictures-of-clients';
const API_KEY = 'a-key-of-many-characters';
const NAMESPACE = 'PixtralFleet';
const AGENT = join(dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/agent'))), 'main.ts');

const fleets = useFleets();
let folder: string;
let fleet: FleetStack;
let instance: LocalInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'telemetry-'));
  fleet = await fleets.createFleet({ desiredCapacity: 1 });
  const outputs = await fleet.outputs();
  await seedBucket(outputs.Bucket ?? '');
  await call('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: LOG_GROUP });
  await fleets.cloud.secretsManager.send(
    new PutSecretValueCommand({ SecretId: outputs.SecretRef, SecretString: API_KEY }),
  );
  const [launched] = (await describeGroup(fleets.cloud.autoScaling))?.instances ?? [];
  if (!launched) throw new Error('the group has launched no instance');
  instance = await LocalInstance.boot(
    {
      instance: launched,
      userData: userData({ bucket: outputs.Bucket ?? '', apiKeySecretArn: outputs.SecretRef ?? '' }),
      root: join(folder, 'root'),
      logFile: join(folder, 'instance.log'),
      endpointUrl: fleets.cloud.emulator.endpointUrl,
      ...{ region: 'us-east-1', accountId: '000000000000' },
    },
    () => 'InService',
  );
}, 60_000);
afterAll(async () => {
  await instance?.terminate();
  await rm(folder, { recursive: true, force: true });
});

describe('what an agent tells CloudWatch, in the emulated AWS', () => {
  it('can be read back: metrics under the name of the stack', async () => {
    await vi
      .waitUntil(async () => (await fleet.states()).includes('InService'), { timeout: 40_000 })
      .catch(async () => expect.fail(await readFile(join(folder, 'instance.log'), 'utf8')));
    const names = () =>
      call('monitoring', 'GraniteServiceVersion20100801.ListMetrics', {
        Namespace: NAMESPACE,
        Dimensions: [{ Name: 'StackName', Value: 'Telemetry' }],
      }).then(({ Metrics = [] }) => Metrics.map(({ MetricName }: { MetricName: string }) => MetricName));
    await vi.waitUntil(async () => (await names()).includes('Load'), { timeout: 25_000, interval: 500 });
    expect(await names()).toEqual(expect.arrayContaining(['Requests', 'KvCacheUsed', 'BootDuration']));
    const { Datapoints } = await call('monitoring', 'GraniteServiceVersion20100801.GetMetricStatistics', {
      ...{ Namespace: NAMESPACE, MetricName: 'Load', Period: 60, Statistics: ['Average', 'SampleCount'] },
      Dimensions: [{ Name: 'StackName', Value: 'Telemetry' }],
      ...{ StartTime: Date.now() / 1_000 - 300, EndTime: Date.now() / 1_000 + 60 },
    });
    expect(Datapoints[0]).toMatchObject({ Average: 0 });
    expect(Datapoints[0].SampleCount).toBeGreaterThan(0);
  });

  it('can be read back: lines of agent and model server, each in its stream', async () => {
    const messages = async (logStreamName: string) => {
      const { events = [] } = await call('logs', 'Logs_20140328.FilterLogEvents', {
        logGroupName: LOG_GROUP,
        logStreamNames: [logStreamName],
      });
      return events.map(({ message }: { message: string }) => message).join('\n');
    };
    await expect
      .poll(() => messages(`${instance.id}/agent`), { timeout: 10_000 })
      .toContain('"msg":"in service"');
    await expect.poll(() => messages(`${instance.id}/engine`), { timeout: 10_000 }).not.toBe('');
    expect(await messages(`${instance.id}/agent`)).not.toContain('"source":"engine"');
  });
});

describe('a picture in a bucket, in the emulated AWS', () => {
  it('is read by the agent and seen by the model', async () => {
    const s3 = fleets.cloud.s3;
    const [question] = generateQuestions({ kinds: ['colour'] });
    const [picture] = question?.pictures ?? [];
    if (!question || !picture) throw new Error('no question was drawn');
    await s3.send(new CreateBucketCommand({ Bucket: PICTURES }));
    await s3.send(new PutObjectCommand({ Bucket: PICTURES, Key: 'a folder/a+b.png', Body: picture }));
    expect(await ask('s3://pictures-of-clients/a folder/a+b.png', question.question)).toEqual({
      status: 200,
      text: expect.stringContaining(`"content":"${question.expected}"`),
    });
    const { status, text } = await ask('s3://pictures-of-clients/none.png', question.question);
    expect(status).toBe(400);
    expect(text).toContain('there is no such object, or this fleet may not read it');
    expect((await ask('s3://another-bucket/a.png', 'x')).text).toContain('does not read from the bucket');
  });

  async function ask(url: string, question: string) {
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: question },
    ];
    const answer = await fetch(`http://127.0.0.1:${instance.gatewayPort}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content }], max_tokens: 16, temperature: 0 }),
    });
    return { status: answer.status, text: await answer.text() };
  }
});

const call = (service: string, target: string, body: object) =>
  callService(fleets.cloud.emulator.endpointUrl, { service, target, body });

async function seedBucket(bucket: string): Promise<void> {
  const [model, runtime] = [join(folder, 'model'), join(folder, 'runtime')];
  const behaviourFile = join(folder, 'behaviour.json');
  await writeBehaviour(behaviourFile, initialBehaviour(undefined));
  await writeSimulatedModel(model, { bytes: 200_000 });
  await writeSimulatedRuntime(runtime, { behaviourFile });
  const common = { s3: fleets.cloud.s3, bucket, partBytes: 65_536 };
  await seed({ ...common, prefix: 'model/', name: 'model', folder: model });
  await seed({ ...common, prefix: 'runtime/', name: 'runtime', folder: runtime });
}

/** Starts the agent out of its sources, as the real user data starts its archive. */
function userData(names: { readonly bucket: string; readonly apiKeySecretArn: string }): string {
  const config: InstanceConfig = {
    ...{ version: 1, region: 'us-east-1', stackName: 'Telemetry', ...names },
    ...{ launchHook: 'ready', terminateHook: 'drain', logGroup: LOG_GROUP },
    ...{ modelPrefix: 'model/', runtimePrefix: 'runtime/', bootReportPrefix: 'boot-reports/' },
    servedModelName: 'pixtral-12b',
    engine: {
      args: ['--max-model-len', '16384', '--max-num-seqs', '16'],
      ...{ startTimeoutSeconds: 60, shutdownTimeoutSeconds: 5, hangTimeoutSeconds: 60 },
    },
    gateway: {
      ...{
        port: 8080,
        maxBodyBytes: 10_000_000,
        bodyMemoryBytes: 100_000_000,
        maxImages: 4,
        maxImagePixels: 16_777_216,
      },
      ...{ maxImageBytes: 5_000_000, maxInFlight: 16, keepAliveSeconds: 75 },
      pictures: { hosts: [], redirects: 0, timeoutSeconds: 10, buckets: [{ name: PICTURES }] },
      requests: {
        maxChoices: 4,
        maxMessages: 64,
        maxTextBytes: 1_000_000,
        maxSchemaBytes: 2_000,
        grammars: false,
      },
    },
    admission: { deadlineSeconds: 120, checkpoint: 'w8a8' },
    perInstanceType: {},
    ...{ filesTimeoutSeconds: 60, drainTimeoutSeconds: 5 },
  };
  return `#!/bin/bash
set -euo pipefail
mkdir -p "$PIXTRAL_ROOT/etc/pixtral"
cat >"$PIXTRAL_ROOT/etc/pixtral/instance.json" <<'CONFIG'
${JSON.stringify(config)}
CONFIG
exec "$PIXTRAL_NODE" '${AGENT}' run
`;
}
