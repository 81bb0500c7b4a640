import type { Difference } from '../compare-json.ts';
import { type Ending, type EndingOptions, endServer } from '../end-server.ts';
import { startServer } from '../own-server.ts';
import { parseEvents } from '../parse-events.ts';
import type { RecordedResponse, Recording } from '../recording.ts';
import type { Answer } from '../send-request.ts';
import { compareFacts, type Replay, requestOf } from './replay.ts';

/** One of 701 to 703, whose outcome is chosen where vLLM leaves it to a race. */
function replayEnding(options: EndingOptions): Replay {
  return {
    ownProcess: true,
    async run(recording, target) {
      const ending = await endServer(requestOf(recording), options);
      const { observed } = recording;
      const recorded = recordedFacts(observed);
      return [
        ...target.compare(howMuchCame(recording.response, ending), ending.stream),
        ...compareFacts(recorded, {
          ...(isTooLate(options, ending) ? {} : answersMeanwhile(ending)),
          unary: unaryFacts(ending.unary),
          refusedLater: ending.refusedLater,
          exitCode: ending.exitCode,
          waitedForClients: ending.waitedForClients,
        }),
      ];
    },
  };
}

function answersMeanwhile({ healthMeanwhile, newRequest }: Ending): Readonly<Record<string, unknown>> {
  return { healthMeanwhile, newRequest };
}

/** Without a timeout there are answers for 0.1 s only, which a busy machine may miss; then the port is closed, as recorded. */
function isTooLate({ flags }: EndingOptions, { healthMeanwhile, newRequest }: Ending): boolean {
  const refusals: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET'];
  return flags.length === 0 && (refusals.includes(healthMeanwhile) || refusals.includes(newRequest));
}

interface Timeline {
  readonly what: string;
  readonly got: string;
}

function recordedFacts(observed: Recording['observed']): Readonly<Record<string, unknown>> {
  const { requestOnIdleConnection, exit, answerNotStreamed, timeline, clientGaveUp } = observed as {
    readonly requestOnIdleConnection: { readonly status: number; readonly error: object };
    readonly exit: { readonly code: number };
    readonly answerNotStreamed: {
      readonly status?: number;
      readonly finish_reason?: string;
      readonly error?: object;
    };
    readonly timeline: readonly Timeline[];
    readonly clientGaveUp?: object;
  };
  const { status, finish_reason, error } = answerNotStreamed;
  const health = timeline.filter(({ what }) => what === 'GET /health').map(({ got }) => got);
  return {
    healthMeanwhile: Number(health[0]),
    newRequest: { status: requestOnIdleConnection.status, error: requestOnIdleConnection.error },
    unary:
      status === undefined
        ? 'none'
        : { status, ...(finish_reason ? { finish_reason } : {}), ...(error ? { error } : {}) },
    refusedLater: health.at(-1) === 'ECONNREFUSED',
    exitCode: exit.code,
    waitedForClients: clientGaveUp !== undefined,
  };
}

function unaryFacts(answer: Answer | undefined): unknown {
  if (!answer) return 'none';
  const { choices, error } = JSON.parse(answer.text);
  const finish_reason = choices?.[0]?.finish_reason;
  return { status: answer.status, ...(finish_reason ? { finish_reason } : {}), ...(error ? { error } : {}) };
}

/** How many events came before the signal is this run's own; and vLLM puts two tokens in one chunk at times (702). */
function howMuchCame(response: RecordedResponse, { stream }: Ending): RecordedResponse {
  const { sse = [] } = response;
  const kept = sse.filter(({ omitted }) => omitted === undefined).length;
  const omitted = parseEvents(stream.text).length - kept;
  return { ...response, sse: sse.map((event) => (event.omitted === undefined ? event : { omitted })) };
}

/** Each outcome that was seen, under the flags under which it was (704). */
const outcomes: Replay = {
  ownProcess: true,
  async run(recording) {
    const stream = { model: 'pixtral-12b', temperature: 0, seed: 1, stream: true, ignore_eos: true };
    const request = {
      method: 'POST',
      path: '/v1/chat/completions',
      body: {
        ...stream,
        messages: [{ role: 'user', content: 'Say hello.' }],
        stream_options: { include_usage: true },
        max_tokens: 4_000,
      },
    };
    const abort = await endServer(request, { flags: [], behaviour: { tellsOfShutdown: true } });
    const silent = await endServer(request, { flags: ['--shutdown-timeout', '1'], behaviour: {} });
    return [
      ...compareFacts(
        { 'default flags': 'finish_reason abort', 'not done in time': 'never ended' },
        { 'default flags': abort.outcome, 'not done in time': silent.outcome },
      ),
      ...compareAbort(recording, abort),
    ];
  },
};

/** The last frames: the same but for the numbers of tokens. */
function compareAbort({ observed }: Recording, { stream, unary }: Ending): readonly Difference[] {
  const { outcomes: seen } = observed as {
    readonly outcomes: Readonly<Record<string, { readonly lastBytesOfStream: string }>>;
  };
  const shape = (text: string) =>
    parseEvents(text.slice(text.lastIndexOf('data: {', text.lastIndexOf('data: {') - 1))).map(({ block }) =>
      block
        .replace(/chatcmpl-[0-9a-f]{16}/, '<id>')
        .replace(/"content":"[^"]*"/, '"content":…')
        .replace(/vllm-0\.32\.0-[0-9a-f]{8}/, '<fingerprint>')
        .replace(/\d+/g, '#'),
    );
  const { usage } = JSON.parse(unary?.text ?? '{}');
  const usageOfStream = /"usage":(\{[^}]*\})/.exec(stream.text)?.[1];
  const { completion_tokens } = JSON.parse(usageOfStream ?? '{}');
  const textChunks = parseEvents(stream.text).length - 4;
  return compareFacts(
    {
      lastFrames: shape(seen['finish_reason abort']?.lastBytesOfStream ?? ''),
      unary: { status: 200, finish_reason: 'abort' },
      unaryHasUsage: true,
      tokensAreThoseSent: true,
    },
    {
      lastFrames: shape(stream.text),
      unary: unaryFacts(unary),
      unaryHasUsage: usage?.completion_tokens > 0,
      tokensAreThoseSent: Math.abs(completion_tokens - textChunks) <= 1,
    },
  );
}

/** While it loads the port refuses connections, and then it is ready: never a 503 (001). */
const startUp: Replay = {
  async run(recording, target) {
    if (target.live) return target.compare(recording.response, await target.send(requestOf(recording)));
    await using server = await startServer([], { loadSeconds: 0.2 });
    const boot = server.boot.map((health) => ({ health }));
    const recorded = recording.observed.boot as readonly { readonly health: unknown }[];
    return compareFacts({ boot: recorded.map(({ health }) => ({ health })) }, { boot });
  },
};

export const SHUTDOWN_REPLAYS: Readonly<Record<string, Replay>> = {
  '001-start-up': startUp,
  '701-drain-default': replayEnding({ flags: [], behaviour: {} }),
  '702-drain-20': replayEnding({ flags: ['--shutdown-timeout', '20'], behaviour: {} }),
  '703-drain-too-short': replayEnding({
    flags: ['--shutdown-timeout', '2'],
    behaviour: { tellsOfShutdown: true },
  }),
  '704-sigterm-outcomes': outcomes,
};
