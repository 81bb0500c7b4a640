import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MetricPublisher } from '../../src/metrics/metric-publisher.ts';
import { type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';

let aws: ScriptedAws;
let client: CloudWatchClient;
let log: string[];
let publisher: MetricPublisher;
beforeEach(async () => {
  aws = await startScriptedAws();
  client = new CloudWatchClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'scripted', secretAccessKey: 'scripted' },
    maxAttempts: 1,
  });
  log = [];
  const logger = pino({}, { write: (line) => void log.push(JSON.parse(line).msg) });
  publisher = new MetricPublisher({ client, logger });
});
afterEach(async () => {
  client.destroy();
  await aws[Symbol.asyncDispose]();
});

const datum = (value: number) => ({ MetricName: 'Requests', Value: value });
const published = () => aws.telemetry.data.map(({ Value }) => Value);

describe('metrics', () => {
  test('go to the namespace of the fleet', async () => {
    await publisher.publish([datum(1), datum(2)]);
    expect(published()).toEqual([1, 2]);
    expect(aws.telemetry.namespaces).toEqual(['PixtralFleet']);
  });

  test('that CloudWatch does not take are kept for the next time, and that is told once', async () => {
    aws.telemetry.fault = () => ({ status: 400, code: 'Throttling' });
    await publisher.publish([datum(1)]);
    await publisher.publish([datum(2)]);
    aws.telemetry.fault = () => undefined;
    await publisher.publish([datum(3)]);
    expect(published()).toEqual([1, 2, 3]);
    expect(log).toEqual([
      'metrics could not be published; told once until it succeeds',
      'over: metrics could not be published',
    ]);
  });

  test('are dropped, the oldest first, when nothing is taken for long', async () => {
    aws.telemetry.fault = () => ({ status: 503, code: 'Unavailable' });
    for (let period = 0; period < 50; period++) {
      await publisher.publish(Array.from({ length: 30 }, (_, index) => datum(period * 30 + index)));
    }
    aws.telemetry.fault = () => undefined;
    await publisher.publish([]);
    expect(published()).toEqual(Array.from({ length: 1_000 }, (_, index) => 500 + index));
  });

  test('of a CloudWatch that is silent are given up with the signal, and kept', async () => {
    let release: (() => void) | undefined;
    aws.telemetry.stall = new Promise((resolve) => {
      release = resolve;
    });
    await publisher.publish([datum(1)], AbortSignal.timeout(50));
    expect(published()).toEqual([]);
    aws.telemetry.stall = undefined;
    await publisher.publish([]);
    expect(published()).toEqual([1]);
    release?.();
  });
});
