import { z } from 'zod';
import { hostName } from './network-names.ts';
import { type RequestLimitsConfig, requestLimitsSchema } from './request-limits-config.ts';

/** What the gateway of each instance takes from clients. */
export interface GatewayConfig {
  /**
   * MiB of memory for the bodies of all requests of an instance together, pictures included: at least one body of the
   * largest kind (`maxImages` pictures of 10 MiB in base64), at most a quarter of the memory of the smallest instance
   * type. What does not fit is answered with 503 and `Retry-After`: too little refuses clients while the GPU is idle.
   * Where there are several API keys, the bodies of one of them hold at most three quarters of it.
   * @default - an eighth of the memory of the smallest instance type
   */
  readonly bodyMemoryMiB?: number;
  /**
   * Bounds of what one request may ask for; what is beyond is refused with 400, the field and the bound.
   * @default - what people send, with room to spare
   */
  readonly requestLimits?: RequestLimitsConfig;
  /**
   * Seconds without a further token after which a streamed answer is ended with an error (504), 1 to 3,600; below
   * `network.idleTimeoutSeconds`, after which the load balancer would cut it without a word. Too few end answers that
   * wait behind large prompts.
   * @default - 120, and 10 less than `network.idleTimeoutSeconds` where that is less
   */
  readonly streamSilenceSeconds?: number;
  /**
   * Lets requests name pictures by `https://` URL: the gateway fetches them itself from these hosts and gives the model
   * server the picture. Refused with `network.mode` 'isolated', which has no way to the internet.
   * @default - none: pictures come as data URIs
   */
  readonly pictureUrls?: PictureUrlsConfig;
  /**
   * Lets requests name pictures as `s3://bucket/key`: instances read them with their role, which gets `s3:GetObject`
   * for these buckets and nothing else of them. The buckets must be in the fleet's region; a bucket of another account
   * must allow the role in its policy, and so must a KMS key that encrypts one.
   * @default - none
   */
  readonly pictureBuckets?: readonly PictureBucketConfig[];
  /**
   * Makes every picture anew before the model server gets it, so that the model sees what people see: upright by EXIF,
   * which is otherwise refused, first frame, on white where it is transparent, 8 bits of sRGB by its own colour profile,
   * at most 1024 pixels a side. Decoders then run in confined processes of the gateway, and what reaches the model server
   * was written by them. Takes processor time that `docs/performance.md` tells.
   * @default - pictures are passed on as they were sent
   */
  readonly normalizePictures?: NormalizePicturesConfig;
}

export interface NormalizePicturesConfig {
  /**
   * Processes that make pictures, 1 to 16; each keeps a core busy while it does, and holds 70 to 300 MB of memory. Too few
   * refuse clients with 429 while the GPU is idle; more than half of the cores are missing to the model server.
   * @default 2
   */
  readonly workers?: number;
  /**
   * Seconds for one picture, 1 to 30; what takes longer is refused, and its process ended. Large photographs take 0.1 s,
   * the worst picture that is let through about 1 s: less than 2 refuses good pictures on a busy instance.
   * @default 5
   */
  readonly timeoutSeconds?: number;
}

export interface PictureUrlsConfig {
  /**
   * Names of hosts, exactly and in small letters, such as `pictures.example.com`: HTTPS on port 443 with a certificate
   * of a public authority. Whoever can put a file there, or redirect from there, decides what instances fetch.
   */
  readonly hosts: readonly string[];
  /**
   * Redirects that are followed, 0 to 5, each to a host of the list again. 0 refuses pictures behind one.
   * @default 0
   */
  readonly redirects?: number;
  /**
   * Seconds for all pictures of a request together, 1 to 60; slower ones are refused. A long time lets slow hosts hold
   * memory that bodies share.
   * @default 10
   */
  readonly timeoutSeconds?: number;
}

export interface PictureBucketConfig {
  /** Name of the bucket. */
  readonly name: string;
  /**
   * Keys must begin with it, such as `uploads/`; others are refused here and by the role.
   * @default - any key
   */
  readonly prefix?: string;
  /**
   * Account id that the bucket must belong to: another account that takes over the name of a deleted bucket is refused.
   * @default - whichever account it belongs to
   */
  readonly owner?: string;
}

export const gatewaySchema = z
  .strictObject({
    bodyMemoryMiB: z.number().int().min(1).max(1_048_576).optional(),
    requestLimits: requestLimitsSchema.prefault({}),
    streamSilenceSeconds: z.number().int().min(1).max(3_600).optional(),
    pictureUrls: z
      .strictObject({
        hosts: z.array(hostName).min(1, 'needs a host').readonly(),
        redirects: z.number().int().min(0).max(5).default(0),
        timeoutSeconds: z.number().int().min(1).max(60).default(10),
      })
      .readonly()
      .optional(),
    pictureBuckets: z
      .array(
        z
          .strictObject({
            name: z
              .string()
              .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket, without s3://'),
            prefix: z
              .string()
              .regex(
                /^[A-Za-z0-9!_.()/-]{1,512}$/,
                'must be the beginning of keys in letters, digits and !_.()/-',
              )
              .optional(),
            owner: z
              .string()
              .regex(/^\d{12}$/, 'must be an account id of 12 digits')
              .optional(),
          })
          .readonly(),
      )
      .refine(
        (buckets) => new Set(buckets.map(({ name }) => name)).size === buckets.length,
        'must not name a bucket twice',
      )
      .readonly()
      .default([]),
    normalizePictures: z
      .strictObject({
        workers: z.number().int().min(1).max(16).default(2),
        timeoutSeconds: z.number().int().min(1).max(30).default(5),
      })
      .readonly()
      .optional(),
  })
  .readonly();

export type ResolvedGateway = z.output<typeof gatewaySchema>;
