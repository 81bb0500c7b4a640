import type { Difference } from '../compare-json.ts';
import { readMetrics } from '../read-metrics.ts';
import type { RecordedResponse } from '../recording.ts';
import type { Answer } from '../send-request.ts';
import { compareFacts, type Replay, replayPlainly, requestOf, withBody } from './replay.ts';

interface Completion {
  readonly choices: readonly [
    { readonly message: { readonly content: string | null }; readonly finish_reason: string },
  ];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

function completionOf({ text }: Answer): Completion {
  return JSON.parse(text);
}

/** A stop string out of the middle of what the model says without one (107). */
const stopString: Replay = {
  async run(recording, target) {
    const first = await target.send(withBody(recording, { stop: undefined }));
    const { content } = completionOf(first).choices[0].message;
    if (!content)
      return [{ where: 'replay', recorded: 'a text that can be stopped in its middle', got: content }];
    const third = Math.floor(content.length / 3);
    const stop = content.slice(third, third + 4);
    const answer = await target.send(withBody(recording, { stop: [stop] }));
    const expected = withChoice(recording.response, { stop_reason: stop });
    const ended = completionOf(answer).choices[0].message.content;
    return [
      ...target.compare(expected, answer),
      ...compareFacts({ textBeforeStop: content.slice(0, content.indexOf(stop)) }, { textBeforeStop: ended }),
    ];
  },
};

/** The same request twice says the same; with `temperature` too, given a seed (102, 103). */
function sameText(name: string): Replay {
  return {
    async run(recording, target) {
      const texts: (string | null)[] = [];
      let differences: readonly Difference[] = [];
      for (let round = 0; round < 2; round++) {
        const answer = await target.send(requestOf(recording));
        differences = target.compare(recording.response, answer);
        texts.push(completionOf(answer).choices[0].message.content);
      }
      return [...differences, ...compareFacts(recording.observed, { [name]: texts[0] === texts[1] })];
    },
  };
}

/**
 * A structured answer that `max_tokens` cuts. The recorded model wrote white space up to the limit; one that finishes
 * before is asked again with a limit that cuts (123, 125, 615).
 */
const cutStructure: Replay = {
  async run(recording, target) {
    const whole = await target.send(requestOf(recording));
    const { usage, choices } = completionOf(whole);
    if (choices[0].finish_reason === 'length') return target.compare(recording.response, whole);
    const limit = usage.completion_tokens - 1;
    const answer = await target.send(withBody(recording, { max_tokens: limit }));
    return target.compare(withUsage(recording.response, limit), answer);
  },
};

/** The second time, the beginning of a long prompt comes from the cache: told by the metrics only (135). */
const prefixCache: Replay = {
  async run(recording, target) {
    const names = Object.keys(recording.observed.firstTime as object);
    const measure = async () => {
      const before = await readMetrics(target);
      const answer = await target.send(requestOf(recording));
      const after = await readMetrics(target);
      const grown = names.map((name) => [name, (after.sum(name) ?? NaN) - (before.sum(name) ?? NaN)]);
      return { answer, grown: Object.fromEntries(grown) };
    };
    const [first, second] = [await measure(), await measure()];
    const facts = { firstTime: first.grown, secondTime: second.grown };
    return [
      ...target.compare(recording.response, second.answer),
      ...(target.live ? [] : compareFacts(recording.observed, facts)),
    ];
  },
};

/** A failure is counted as one (136). */
const internalError: Replay = {
  async run(recording, target) {
    const errors = async () =>
      (await readMetrics(target)).sum('vllm:request_success_total', 'finished_reason="error"') ?? NaN;
    const before = await errors();
    const answer = await target.send(requestOf(recording));
    return [
      ...target.compare(recording.response, answer),
      ...compareFacts(recording.observed, { errorsCounted: (await errors()) - before }),
    ];
  },
};

/** The ids that the server itself has for the recorded text: another vocabulary has others (012). */
const detokenize: Replay = {
  async run(recording, target) {
    if (!target.live) return replayPlainly(recording, target);
    const { prompt } = recording.response.body as { readonly prompt: string };
    const encoded = await target.send({ method: 'POST', path: '/tokenize', body: { prompt } });
    const { tokens } = JSON.parse(encoded.text);
    return target.compare(recording.response, await target.send(withBody(recording, { tokens })));
  },
};

/** Repeated as often as it fills the context: another tokenizer counts more for a word (324). */
const fillContext: Replay = {
  async run(recording, target) {
    if (!target.live) return replayPlainly(recording, target);
    const { messages } = requestOf(recording).body as { readonly messages: readonly [Repeated] };
    const chat = { method: 'POST', path: '/tokenize', body: { messages } };
    const { count } = JSON.parse((await target.send(chat)).text);
    const { $repeat, times } = messages[0].content;
    const { prompt_tokens } = (recording.response.body as Completion).usage;
    const content = { $repeat, times: Math.floor((times * prompt_tokens) / count) };
    const answer = await target.send(withBody(recording, { messages: [{ role: 'user', content }] }));
    return target.compare(recording.response, answer);
  },
};

interface Repeated {
  readonly content: { readonly $repeat: string; readonly times: number };
}

function withChoice(response: RecordedResponse, change: object): RecordedResponse {
  const body = response.body as { readonly choices: readonly object[] };
  return {
    ...response,
    body: { ...body, choices: body.choices.map((choice) => ({ ...choice, ...change })) },
  };
}

function withUsage(response: RecordedResponse, completionTokens: number): RecordedResponse {
  const body = response.body as Completion;
  const usage = {
    ...body.usage,
    total_tokens: body.usage.prompt_tokens + completionTokens,
    completion_tokens: completionTokens,
  };
  return { ...response, body: { ...body, usage } };
}

export const TEXT_REPLAYS: Readonly<Record<string, Replay>> = {
  '012-detokenize': detokenize,
  '102-text-again': sameText('sameText'),
  '103-seeded': sameText('sameSeedSameText'),
  '107-stop-string': stopString,
  '123-structured-json': cutStructure,
  '125-json-schema': cutStructure,
  '135-prefix-cache': prefixCache,
  '136-internal-error': internalError,
  '324-prompt-plus-max-tokens': fillContext,
  '615-tools-required-parser': cutStructure,
};
