import { type Behaviour, DEFAULT_BEHAVIOUR } from '../behaviour.ts';
import { parseServeArguments } from '../command-line.ts';
import type { SimulatorOptions } from '../create-simulator.ts';
import { httpOptionsOfEnvironment } from '../http/http-options.ts';
import { readTokenizer } from '../tokenizer/read-tokenizer.ts';
import { RECORDINGS } from './recording.ts';

/** Of every recorded server; see recordings/README.md. */
const USUAL = [
  ...['serve', './tiny', '--served-model-name', 'pixtral-12b', '--max-model-len', '16384'],
  ...['--max-num-seqs', '16', '--limit-mm-per-prompt', '{"image":4}'],
];

/** Flags and variables out of a recording's field `server`: `--flag value …; VARIABLE=value …`. */
function parseServerField(server: string): {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
} {
  const [flags = '', variables = ''] = server.split(';');
  const words = [...flags.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const environment = Object.fromEntries(
    variables
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => word.split('=', 2) as [string, string]),
  );
  return { args: [...USUAL, ...words], environment };
}

/**
 * A second of time limits and pauses, in seconds: short for a quick suite, and long enough that a busy machine does not
 * miss a limit that the recorded server kept (the shortest is 5 of them).
 */
export const SECOND = 0.3;

/** A simulator like the recorded server, as fast as can be but for `behaviour`. */
export async function optionsOf(
  server: string,
  { behaviour, second = SECOND }: { readonly behaviour?: Partial<Behaviour>; readonly second?: number } = {},
): Promise<SimulatorOptions> {
  const { args, environment } = parseServerField(server);
  const parsed = parseServeArguments(args);
  return {
    ...parsed,
    tokenizer: await readTokenizer(RECORDINGS),
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0, ...behaviour },
    keepAliveSeconds: second * Number(environment.VLLM_HTTP_TIMEOUT_KEEP_ALIVE ?? 5),
    http: {
      ...parsed.http,
      ...httpOptionsOfEnvironment(environment),
      network: true,
      fetchSecond: second,
      sseKeepAliveSeconds: second * parsed.http.sseKeepAliveSeconds,
      cacheBlockTokens: 128,
    },
  };
}
