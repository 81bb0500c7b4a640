import { createClient, type PixtralClient } from '@pixtral-fleet/client';

/** Flags that name the server of a command that measures one, for `parseArgs`. */
export const SERVER_OPTIONS = {
  socket: { type: 'string' },
  base: { type: 'string' },
  model: { type: 'string', default: 'pixtral-12b' },
  key: { type: 'string' },
} as const;

interface ServerValues {
  readonly socket?: string | undefined;
  readonly base?: string | undefined;
  readonly model: string;
  /** @default process.env.PIXTRAL_API_KEY */
  readonly key?: string | undefined;
}

/** What is wrong with the flags, in words; undefined when they name one server. */
export function describeServerMistake({ socket, base }: ServerValues): string | undefined {
  const isOne = (socket === undefined) !== (base === undefined);
  return isOne ? undefined : 'give either --socket or --base (--help shows how)';
}

/** A client of the server that the flags name; patient, for the CPU is slow. */
export function createServerClient(values: ServerValues): PixtralClient {
  const { socket, base = '', model, key = process.env.PIXTRAL_API_KEY } = values;
  return createClient({
    ...(socket ? { baseUrl: 'http://engine', socketPath: socket } : { baseUrl: base }),
    ...(key ? { apiKey: key } : {}),
    model,
    timeoutMs: 120_000,
  });
}
