import { z } from 'zod';
import type { PictureSources } from '../gateway/fetching/picture-source.ts';

/** Bounds of a chat completion's own fields; see `gateway/request/`. */
export interface RequestLimits {
  /** Answers to one request (`n`); each takes a place in the batch. */
  readonly maxChoices: number;
  readonly maxMessages: number;
  /** UTF-8 bytes of all texts of a request together. */
  readonly maxTextBytes: number;
  /** Bytes of one JSON Schema or grammar. */
  readonly maxSchemaBytes: number;
  /** Whether `structured_outputs.grammar` is passed on: the model server compiles it, whatever it takes. */
  readonly grammars: boolean;
}

/** Bounds of what a request may contain; see `gateway/`. */
export interface GatewayLimits {
  readonly port: number;
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Bytes of all request bodies together that are held at the same time; never more than a quarter of the memory. */
  readonly bodyMemoryBytes: number;
  /** Pictures in one request. */
  readonly maxImages: number;
  /** Largest width × height of a picture. */
  readonly maxImagePixels: number;
  /** Largest picture in bytes, decoded from base64. */
  readonly maxImageBytes: number;
  /** Requests that are admitted at the same time; more get 429. */
  readonly maxInFlight: number;
  /** Idle connections stay open this long; must be above the balancer's idle timeout. */
  readonly keepAliveSeconds: number;
  /** A stream of which nothing more comes for so long is ended with an error. @default 120 */
  readonly streamSilenceSeconds?: number | undefined;
  /** Where pictures may be fetched from. @default - nowhere: they come as data URIs */
  readonly pictures?: PictureSources | undefined;
  /** Pictures are made anew before the model server gets them. @default - it gets them as they were sent */
  readonly normalize?: NormalizeLimits | undefined;
  readonly requests: RequestLimits;
}

/** How pictures are made anew; see `gateway/normalizing/`. */
export interface NormalizeLimits {
  /** Processes that do it. */
  readonly workers: number;
  /** For one picture. */
  readonly timeoutSeconds: number;
}

/** What one instance type does differently from the rest of the fleet; everything left out is as in the config around it. */
export interface InstanceTypeOverride {
  readonly modelPrefix?: string | undefined;
  /** All arguments of `vllm serve` after model, socket and served name. */
  readonly engineArgs?: readonly string[] | undefined;
  readonly maxInFlight?: number | undefined;
  readonly checkpoint?: string | undefined;
}

/** What an instance is told about its work: `/etc/pixtral/instance.json`, written by the user data. Holds no secret. */
export interface InstanceConfig {
  readonly version: 1;
  readonly region: string;
  readonly stackName: string;
  /** Names of the group's lifecycle hooks. */
  readonly launchHook: string;
  readonly terminateHook: string;
  readonly bucket: string;
  /** Prefixes in the bucket; each ends with "/". */
  readonly modelPrefix: string;
  readonly runtimePrefix: string;
  readonly bootReportPrefix: string;
  readonly servedModelName: string;
  /** CloudWatch log group that gets the logs of agent and model server. */
  readonly logGroup: string;
  readonly apiKeySecretArn: string;
  readonly engine: {
    /** Arguments of `vllm serve` after model, socket and served name. */
    readonly args: readonly string[];
    readonly startTimeoutSeconds: number;
    /** What vLLM gets to finish; it is killed 10 s after that. */
    readonly shutdownTimeoutSeconds: number;
    /** A model server that makes no progress for so long while requests wait is ended and started again. */
    readonly hangTimeoutSeconds: number;
  };
  readonly gateway: GatewayLimits;
  readonly admission: {
    /** Seconds within which an answer is wanted where the request does not say (`X-Request-Timeout-Ms`). */
    readonly deadlineSeconds: number;
    /** Checkpoint by its name in the catalog: what the engine's pace is taken for until it is measured. */
    readonly checkpoint: string;
  };
  /** By EC2 instance type; see `configForType`. */
  readonly perInstanceType: Readonly<Record<string, InstanceTypeOverride>>;
  /** How long the agent waits for files that are not in the bucket yet. */
  readonly filesTimeoutSeconds: number;
  /** How long requests may go on when the instance is to go. */
  readonly drainTimeoutSeconds: number;
  /** Of the loopback, for `/metrics`. @default - none: Prometheus is told nothing */
  readonly prometheusPort?: number | undefined;
}

const prefix = z.string().regex(/^[^/].*\/$/, 'must not begin and must end with "/"');
const positive = z.number().int().positive();

const schema: z.ZodType<InstanceConfig> = z.strictObject({
  version: z.literal(1),
  region: z.string().min(1),
  stackName: z.string().min(1),
  launchHook: z.string().min(1),
  terminateHook: z.string().min(1),
  bucket: z.string().min(3),
  modelPrefix: prefix,
  runtimePrefix: prefix,
  bootReportPrefix: prefix,
  servedModelName: z.string().min(1),
  logGroup: z.string().min(1),
  apiKeySecretArn: z.string().startsWith('arn:'),
  engine: z.strictObject({
    args: z.array(z.string()),
    startTimeoutSeconds: positive,
    shutdownTimeoutSeconds: positive,
    hangTimeoutSeconds: positive,
  }),
  gateway: z.strictObject({
    port: z.number().int().min(1).max(65_535),
    maxBodyBytes: positive,
    bodyMemoryBytes: positive,
    maxImages: z.number().int().min(0),
    maxImagePixels: positive,
    maxImageBytes: positive,
    maxInFlight: positive,
    keepAliveSeconds: positive,
    streamSilenceSeconds: positive.optional(),
    pictures: z
      .strictObject({
        hosts: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)),
        redirects: z.number().int().min(0).max(5),
        timeoutSeconds: positive,
        buckets: z.array(
          z.strictObject({
            name: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
            prefix: z.string().min(1).optional(),
            owner: z
              .string()
              .regex(/^\d{12}$/)
              .optional(),
          }),
        ),
      })
      .optional(),
    normalize: z.strictObject({ workers: positive, timeoutSeconds: positive }).optional(),
    requests: z.strictObject({
      maxChoices: positive,
      maxMessages: positive,
      maxTextBytes: positive,
      maxSchemaBytes: positive,
      grammars: z.boolean(),
    }),
  }),
  admission: z.strictObject({ deadlineSeconds: positive, checkpoint: z.string() }),
  perInstanceType: z.record(
    z.string(),
    z.strictObject({
      modelPrefix: prefix.optional(),
      engineArgs: z.array(z.string()).optional(),
      maxInFlight: positive.optional(),
      checkpoint: z.string().optional(),
    }),
  ),
  filesTimeoutSeconds: positive,
  drainTimeoutSeconds: positive,
  prometheusPort: z.number().int().min(1).max(65_535).optional(),
});

/** The instance's config cannot be used; the message names field, what was got and what was expected. */
export class InstanceConfigError extends Error {
  override readonly name = 'InstanceConfigError' as const;
}

/** @throws InstanceConfigError for anything but a complete config of this version. */
export function parseInstanceConfig(value: unknown): InstanceConfig {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message, input }) => `${path.join('.') || 'the config'}: ${message}${showInput(input)}`,
  );
  throw new InstanceConfigError(`instance config is not usable: ${problems.join('; ')}`);
}

/** What stood there, as far as that is short; the message names the type of the rest. */
function showInput(input: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof input) ? `, got ${JSON.stringify(input)}` : '';
}
