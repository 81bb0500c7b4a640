import type { Logger } from 'pino';
import type { ApiKey } from '../config/api-keys.ts';
import type { GatewayLimits } from '../config/instance-config.ts';
import type { EngineCapacity } from '../metrics/load.ts';
import type { MeasuredPace } from './admission/index.ts';
import type { ConnectionTimeouts } from './connections/connection-timeouts.ts';
import type { EngineActivity } from './engine-proxy.ts';
import type { PictureFetcher } from './fetching/picture-fetcher.ts';
import type { GatewayMeter } from './gateway-meter.ts';
import type { Clock } from './keys/token-bucket.ts';
import type { PictureNormalizer } from './normalizing/picture-normalizer.ts';

export type GatewayState = 'starting' | 'ready' | 'draining' | 'failed';

export interface GatewayOptions {
  readonly instanceId: string;
  readonly servedModelName: string;
  readonly engineSocketPath: string;
  /** All keys that are valid now. */
  readonly apiKeys: () => readonly ApiKey[];
  readonly limits: GatewayLimits;
  /** Arguments of `vllm serve`: they tell the context's length, and whether tools are served. */
  readonly engineArgs: readonly string[];
  readonly meter: GatewayMeter;
  /** How fast the engine is, and what it works on at the same time. */
  readonly pace: MeasuredPace;
  readonly capacity: () => EngineCapacity;
  /** Seconds within which an answer is wanted where the request says nothing. */
  readonly deadlineSeconds: number;
  readonly logger: Logger;
  /** @default - pictures are never fetched */
  readonly pictures?: PictureFetcher | undefined;
  /** Makes pictures anew; goes with `limits.normalize`. @default - they are passed on as they were sent */
  readonly normalizer?: PictureNormalizer | undefined;
  /** @default CONNECTION_TIMEOUTS */
  readonly timeouts?: ConnectionTimeouts;
  /** Clocks of rate limits and of expiry. @default - the machine's */
  readonly now?: Clock;
  readonly today?: Clock;
}

/** The one port that the balancer reaches. */
export interface Gateway {
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  readonly state: GatewayState;
  /** What waits and what is at work: tokens of pictures, and seconds until one that came now would get a place. */
  readonly backlog: { readonly imageTokens: number; readonly seconds: number };
  readonly engineActivity: EngineActivity;
  setState(state: GatewayState, detail?: string): void;
  /** Requests at the engine, and in the queue for it. */
  readonly inFlight: number;
  /** Resolves when no request is in flight, or when the signal aborts. */
  whenIdle(signal?: AbortSignal): Promise<void>;
  /** Ends every request in flight with an error that says why. */
  failInFlight(reason: string): void;
  close(): Promise<void>;
}
