import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach } from 'vitest';
import { type ApiKey, parseApiKeys } from '../../src/config/api-keys.ts';
import type { GatewayLimits } from '../../src/config/instance-config.ts';
import { createInstancePace } from '../../src/gateway/admission/index.ts';
import type { ConnectionTimeouts } from '../../src/gateway/connections/connection-timeouts.ts';
import type { PictureFetcher } from '../../src/gateway/fetching/picture-fetcher.ts';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import type { PictureNormalizer } from '../../src/gateway/normalizing/picture-normalizer.ts';
import type { EngineCapacity } from '../../src/metrics/load.ts';
import { MetricBuffer } from '../../src/metrics/metric-buffer.ts';
import { RequestMeter } from '../../src/metrics/request-meter.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type ScriptedEngine, startScriptedEngine } from './scripted-engine.ts';

export const KEYS: readonly string[] = ['new-key-0123456789', 'old-key-0123456789'];
export const CHAT: { readonly model: string; readonly messages: readonly object[] } = {
  model: 'pixtral-12b',
  messages: [{ role: 'user', content: 'Hi' }],
};
export const WHOLE: object = {
  choices: [{ index: 0, message: { content: 'hello' }, finish_reason: 'stop' }],
};

/** What the fields of the one error shape say. */
export interface ErrorFields {
  readonly message: string;
  readonly param: string | null;
  readonly code: number;
}

/** A ready gateway in front of a scripted engine, new for each test. */
export class GatewayFixture {
  engine!: ScriptedEngine;
  gateway!: Gateway;
  readonly buffer: MetricBuffer = new MetricBuffer();
  readonly meter: RequestMeter = new RequestMeter(this.buffer);
  /** Replaced by tests of fetching. */
  pictures: PictureFetcher | undefined;
  /** Replaced by tests of normalising. */
  normalizer: PictureNormalizer | undefined;
  /** Replaced by tests of keys. */
  apiKeys: readonly ApiKey[] = [];
  /** Milliseconds of the clock that rate limits go by. */
  clock = 0;
  /** Of the engine; by default as many places as the gateway lets in. */
  capacity: EngineCapacity = { batchSize: undefined, kvCacheTokens: undefined };
  /** Lines of the gateway's log. */
  readonly log: string[] = [];
  url = '';

  chat(body: object, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return this.post(JSON.stringify(body), headers, signal);
  }

  post(body: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS[0]}`, ...headers },
      body,
      ...(signal ? { signal } : {}),
    });
  }
}

/** @param change what is different from the usual gateway */
export function useGateway(
  change: {
    readonly limits?: Partial<GatewayLimits>;
    readonly timeouts?: ConnectionTimeouts;
    readonly engineArgs?: readonly string[];
  } = {},
): GatewayFixture {
  const fixture = new GatewayFixture();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    fixture.apiKeys = parseApiKeys(JSON.stringify({ keys: KEYS }));
    fixture.clock = 0;
    fixture.pictures = undefined;
    fixture.normalizer = undefined;
    folder = await temporaryFolder();
    fixture.log.length = 0;
    const engineSocketPath = join(folder.path, 'e.sock');
    fixture.engine = await startScriptedEngine(engineSocketPath);
    fixture.gateway = createGateway({
      instanceId: 'i-1',
      servedModelName: 'pixtral-12b',
      engineSocketPath,
      apiKeys: () => fixture.apiKeys,
      meter: fixture.meter,
      pace: createInstancePace({ checkpoint: 'w8a8', instanceType: 'g5.2xlarge' }),
      capacity: () => fixture.capacity,
      deadlineSeconds: 120,
      logger: pino({ level: 'info' }, { write: (line: string) => void fixture.log.push(line) }),
      get pictures() {
        return fixture.pictures;
      },
      get normalizer() {
        return fixture.normalizer;
      },
      engineArgs: change.engineArgs ?? ['--max-model-len', '16384'],
      now: () => fixture.clock,
      today: () => Date.UTC(2026, 10, 28) + fixture.clock,
      limits: {
        port: 8080,
        maxBodyBytes: 10_000,
        bodyMemoryBytes: 1_000_000,
        maxImages: 2,
        maxImagePixels: 1_000_000,
        maxImageBytes: 4_000,
        maxInFlight: 2,
        keepAliveSeconds: 75,
        requests: {
          maxChoices: 4,
          maxMessages: 64,
          maxTextBytes: 1_000_000,
          maxSchemaBytes: 2_000,
          grammars: false,
        },
        ...change.limits,
      },
      ...(change.timeouts ? { timeouts: change.timeouts } : {}),
    });
    fixture.url = `http://127.0.0.1:${(await fixture.gateway.listen({ host: '127.0.0.1', port: 0 })).port}`;
    fixture.gateway.setState('ready');
  });
  afterEach(async () => {
    await fixture.gateway.close();
    await fixture.engine[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  return fixture;
}

export async function errorOf(answer: Response): Promise<ErrorFields> {
  return ((await answer.json()) as { error: ErrorFields }).error;
}
