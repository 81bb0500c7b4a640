/** Flags and variables of `vllm serve` that change what its HTTP side does. */
export interface HttpOptions {
  /** `--enable-request-id-headers`: every answer carries `X-Request-Id`. @default false */
  readonly requestIdHeaders: boolean;
  /** `--enable-prompt-tokens-details`: usage says what came from the cache. @default false */
  readonly promptTokensDetails: boolean;
  /** `--enable-force-include-usage`: every stream carries usage, in every chunk. @default false */
  readonly forceIncludeUsage: boolean;
  /** `--enable-server-load-tracking`: `/load` counts. @default false - it is always 0 */
  readonly loadTracking: boolean;
  /** `--enable-scale-out`: `/v1/chat/completions/render` answers. @default false */
  readonly scaleOut: boolean;
  /** `--allowed-media-domains`. @default [] - every host */
  readonly allowedMediaDomains: readonly string[];
  /** `--max-num-queued-reqs`: running and waiting together. @default Infinity */
  readonly maxQueuedRequests: number;
  /** `--sse-keep-alive-interval`, in seconds. @default Infinity - no comments */
  readonly sseKeepAliveSeconds: number;
  /** `--renderer-num-workers`: prompts that are prepared at the same time. @default 1 */
  readonly rendererWorkers: number;
  /** `VLLM_MAX_IMAGE_PIXELS`. @default 178956970 - Pillow's own limit, which answers otherwise */
  readonly maxImagePixels: number;
  /** `VLLM_MEDIA_URL_ALLOW_REDIRECTS`. @default true */
  readonly allowRedirects: boolean;
  /**
   * Whether pictures are fetched by URL. @default false - as on an instance, whose model server has no network: every
   * connection fails at once
   */
  readonly network: boolean;
  /** Length of a second in time limits and pauses of fetching, in seconds. @default 1 */
  readonly fetchSecond: number;
  /** Tokens of a block of the prefix cache: 16 on a GPU, 128 on a CPU (recorded 610). @default 16 */
  readonly cacheBlockTokens: number;
}

export const DEFAULT_HTTP_OPTIONS: HttpOptions = {
  requestIdHeaders: false,
  promptTokensDetails: false,
  forceIncludeUsage: false,
  loadTracking: false,
  scaleOut: false,
  allowedMediaDomains: [],
  maxQueuedRequests: Number.POSITIVE_INFINITY,
  sseKeepAliveSeconds: Number.POSITIVE_INFINITY,
  rendererWorkers: 1,
  maxImagePixels: 178_956_970,
  allowRedirects: true,
  network: false,
  fetchSecond: 1,
  cacheBlockTokens: 16,
};

/** What `VLLM_*` variables say. */
export function httpOptionsOfEnvironment(environment: NodeJS.ProcessEnv): Partial<HttpOptions> {
  const { VLLM_MAX_IMAGE_PIXELS, VLLM_MEDIA_URL_ALLOW_REDIRECTS } = environment;
  return {
    ...(VLLM_MAX_IMAGE_PIXELS ? { maxImagePixels: Number(VLLM_MAX_IMAGE_PIXELS) } : {}),
    ...(VLLM_MEDIA_URL_ALLOW_REDIRECTS ? { allowRedirects: VLLM_MEDIA_URL_ALLOW_REDIRECTS !== '0' } : {}),
  };
}
