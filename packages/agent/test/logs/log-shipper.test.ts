import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { type Logger, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogShipper } from '../../src/logs/log-shipper.ts';
import { type ScriptedAws, startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';

let aws: ScriptedAws;
let client: CloudWatchLogsClient;
let shipper: LogShipper;
let logger: Logger;
beforeEach(async () => {
  aws = await startScriptedAws();
  client = new CloudWatchLogsClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'scripted', secretAccessKey: 'scripted' },
    maxAttempts: 1,
  });
  shipper = new LogShipper();
  logger = pino({}, shipper);
});
afterEach(async () => {
  shipper.close();
  client.destroy();
  await aws[Symbol.asyncDispose]();
});

const connect = () => shipper.connect({ client, groupName: 'fleet', instanceId: 'i-1', logger });
const sent = (stream: 'agent' | 'engine') =>
  aws.telemetry.streams.get(`fleet i-1/${stream}`)?.map((line) => JSON.parse(line).msg);

describe('logged lines', () => {
  test('go to streams of the instance, what the model server prints to one of its own', async () => {
    logger.info('before it is known where to');
    connect();
    logger.info({ note: '"source":"engine"' }, 'about the engine');
    logger.child({ source: 'engine' }).info('loading weights');
    await shipper.flush();
    expect(sent('agent')).toEqual(['before it is known where to', 'about the engine']);
    expect(sent('engine')).toEqual(['loading weights']);
  });

  test('are sent without being asked for, within seconds', async () => {
    connect();
    logger.info('by itself');
    await expect.poll(() => sent('agent'), { timeout: 8_000 }).toEqual(['by itself']);
  });

  test('continue the streams of an agent that ran before', async () => {
    aws.telemetry.streams.set('fleet i-1/agent', ['{"msg":"earlier"}']);
    connect();
    logger.info('later');
    await shipper.flush();
    expect(sent('agent')).toEqual(['earlier', 'later']);
  });

  test('that are refused are kept, in their order, and that is told once', async () => {
    connect();
    aws.telemetry.fault = (action) =>
      action === 'PutLogEvents' ? { status: 400, code: 'ThrottlingException' } : undefined;
    logger.info('first');
    await shipper.flush();
    logger.info('second');
    await shipper.flush();
    aws.telemetry.fault = () => undefined;
    await shipper.flush();
    await shipper.flush();
    expect(sent('agent')).toEqual([
      'first',
      'lines of the agent could not be sent to CloudWatch Logs; told once until it succeeds',
      'second',
      'over: lines of the agent could not be sent to CloudWatch Logs',
    ]);
  });

  test('do not hold the end of the agent when CloudWatch Logs is silent', async () => {
    connect();
    aws.telemetry.stall = new Promise(() => undefined);
    logger.info('never arrives');
    const startedAt = performance.now();
    await shipper.flush();
    expect(performance.now() - startedAt).toBeLessThan(6_500);
  });

  test('are not waited for when it is not known where they go', async () => {
    logger.info('nowhere');
    await shipper.flush();
    expect(aws.telemetry.streams.size).toBe(0);
  });
});
