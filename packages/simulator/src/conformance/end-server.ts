import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import { type OwnServer, startServer } from './own-server.ts';
import type { RecordedRequest } from './recording.ts';
import { type Answer, NoAnswerError } from './send-request.ts';

/** After this without a byte and an end, an answer never ends; recorded were 45 s. */
const NEVER_MS = 700;

/** For `/health`, which is always answered; more than a busy machine needs. */
const ANSWER_MS = 10_000;

/** What a SIGTERM in the middle of a stream led to. */
export interface Ending {
  /** In 704's words. */
  readonly outcome: 'never ended' | 'finish_reason abort' | 'error frame' | 'complete';
  readonly stream: Answer;
  /** The answer without a stream beside it; undefined when there was none. */
  readonly unary: Answer | undefined;
  readonly newRequest: unknown;
  readonly healthMeanwhile: unknown;
  readonly refusedLater: boolean;
  readonly exitCode: number | null;
  /** It stayed until its clients had left. */
  readonly waitedForClients: boolean;
}

export interface EndingOptions {
  readonly flags: readonly string[];
  readonly behaviour: Partial<Behaviour>;
}

/** A server process, a stream and a request in flight, and the signal (701 to 703). `request` asks for a stream. */
export async function endServer(
  request: RecordedRequest,
  { flags, behaviour }: EndingOptions,
): Promise<Ending> {
  await using server = await startServer(flags, { perTokenMs: 5, ...behaviour });
  const leave = new AbortController();
  const { signal } = leave;
  const unary = server
    .send(
      { ...request, body: { ...(request.body as object), stream: false, stream_options: undefined } },
      { signal },
    )
    .catch(() => undefined);
  const begun = Promise.withResolvers<void>();
  const onText = (text: string) => text.split('\n\n').length > 20 && begun.resolve();
  let open = true;
  const stream = server.send(request, { signal, onText }).finally(() => {
    open = false;
  });
  await Promise.race([begun.promise, stream]);
  server.process.kill('SIGTERM');
  const newRequest = await firstRefusal(server, requestOfOneToken(request));
  const healthMeanwhile = await statusOf(server, { method: 'GET', path: '/health' });
  const refusedLater = await isRefused(server, () => open);
  const waitedForClients = open && server.process.exitCode === null;
  leave.abort();
  const answer = await stream;
  return {
    outcome: outcomeOf(answer),
    stream: answer,
    unary: await unary,
    newRequest,
    healthMeanwhile,
    refusedLater,
    exitCode: await server.exit,
    waitedForClients,
  };
}

/** Looks until the port refuses connections, and for as long as the stream may still end. */
async function isRefused(server: OwnServer, isOpen: () => boolean): Promise<boolean> {
  let refused = false;
  let since = performance.now();
  while (!refused || (isOpen() && performance.now() - since < NEVER_MS)) {
    if (!refused) {
      refused = (await statusOf(server, { method: 'GET', path: '/health' })) === 'ECONNREFUSED';
      since = performance.now();
    }
    await sleep(20);
  }
  return refused;
}

function requestOfOneToken({ method, path, body }: RecordedRequest): RecordedRequest {
  const { messages } = body as { readonly messages: unknown };
  return { method, path, body: { messages, max_tokens: 1 } };
}

/** What comes before the process has seen the signal is answered, or shares the fate of what is in flight. */
async function firstRefusal(server: OwnServer, request: RecordedRequest): Promise<unknown> {
  for (;;) {
    const leave = AbortSignal.timeout(NEVER_MS);
    const got = await statusOf(server, request, leave);
    if (got !== 200 && !leave.aborted) return got;
  }
}

async function statusOf(
  server: OwnServer,
  request: RecordedRequest,
  signal: AbortSignal = AbortSignal.timeout(ANSWER_MS),
): Promise<unknown> {
  try {
    const { status, text } = await server.send(request, { signal });
    return status === 200 ? 200 : { status, ...JSON.parse(text) };
  } catch (error) {
    if (error instanceof NoAnswerError) return error.code;
    throw error;
  }
}

function outcomeOf({ text, complete }: Answer): Ending['outcome'] {
  if (!complete) return 'never ended';
  if (/"finish_reason":"abort"/.test(text)) return 'finish_reason abort';
  return /^data: \{"error": /m.test(text) ? 'error frame' : 'complete';
}
