import { describe, expect, it } from 'vitest';
import { pythonJson } from '../../src/chat/python-text.ts';
import { type ComparedAnswer, compareAnswer } from '../../src/conformance/compare-answer.ts';
import { compareMetrics } from '../../src/conformance/compare-metrics.ts';
import {
  type RecordedEvent,
  type RecordedResponse,
  readRecordings,
} from '../../src/conformance/recording.ts';
import { isRecord } from '../../src/json.ts';

const recordings = new Map(readRecordings().map((recording) => [recording.id, recording.response]));

/** The recorded answer itself, changed in one place. */
function changed(id: string, change: (answer: ComparedAnswer) => ComparedAnswer): readonly string[] {
  const recorded = recordings.get(id) as RecordedResponse;
  const text = recorded.sse ? recorded.sse.map(writeEvent).join('') : JSON.stringify(recorded.body);
  const { status = 0, headers = {} } = recorded;
  const answer = change({ status, headers, text, complete: true });
  const length = answer.headers['content-length'] && String(Buffer.byteLength(answer.text));
  const sized = length ? { ...answer.headers, 'content-length': length } : answer.headers;
  return compareAnswer(recorded, { ...answer, headers: sized }).map(({ where }) => where);
}

/** Only errors are written with spaces. */
function writeEvent({ data }: RecordedEvent): string {
  if (typeof data === 'string') return `data: ${data}\n\n`;
  return `data: ${isRecord(data) && data.error ? pythonJson(data) : JSON.stringify(data)}\n\n`;
}

/** Replaced in the text of the answer. */
function replaced(from: string | RegExp, to: string) {
  return (answer: ComparedAnswer) => {
    const text = answer.text.replace(from, to);
    if (text === answer.text) throw new Error(`${from} is not in ${text}, expected it to be`);
    return { ...answer, text };
  };
}

function withHeader(name: string, value: string) {
  return (answer: ComparedAnswer) => ({ ...answer, headers: { ...answer.headers, [name]: value } });
}

function withoutHeader(name: string) {
  return ({ headers: { [name]: _, ...headers }, ...answer }: ComparedAnswer) => ({ ...answer, headers });
}

const CHAT = '101-text';
const STREAM = '402-usage';
const ERROR = '306-empty-messages';

describe('an answer as recorded', () => {
  it.each([CHAT, '110-logprobs', '111-prompt-logprobs', STREAM, '404-n-2', '306-empty-messages'])(
    '%s has no differences',
    (id) => {
      expect(changed(id, (answer) => answer)).toEqual([]);
    },
  );
});

describe('differs when it has', () => {
  it.each([
    ['another status', CHAT, (answer) => ({ ...answer, status: 201 }), ['status']],
    ['another header', CHAT, withHeader('content-type', 'text/json'), ['header content-type']],
    ['one header more', CHAT, withHeader('x-more', '1'), ['header x-more']],
    ['one header less', CHAT, withoutHeader('vary'), ['header vary']],
    ['another key', CHAT, replaced('"refusal"', '"refused"'), ['body.choices[0].message keys']],
    ['keys in another order', CHAT, replaced('"index":0,', ''), ['body.choices[0] keys']],
    ['another type', CHAT, replaced('"index":0', '"index":"0"'), ['body.choices[0].index']],
    ['a value for null', CHAT, replaced('"logprobs":null', '"logprobs":[]'), ['body.choices[0].logprobs']],
    [
      'null for a text',
      CHAT,
      replaced(/"content":"[^"]*"/, '"content":null'),
      ['body.choices[0].message.content'],
    ],
    ['no text', CHAT, replaced(/"content":"[^"]*"/, '"content":""'), ['body.choices[0].message.content']],
    [
      'another number of tokens',
      CHAT,
      replaced('"prompt_tokens":6', '"prompt_tokens":7'),
      ['body.usage.prompt_tokens'],
    ],
    [
      'another end',
      CHAT,
      replaced('"finish_reason":"length"', '"finish_reason":"stop"'),
      ['body.choices[0].finish_reason'],
    ],
    ['an id of another form', CHAT, replaced('"chatcmpl-', '"cmpl-'), ['body.id']],
    ['spaces in its JSON', CHAT, replaced('"object":', '"object": '), ['writing of the body']],
    ['been cut off', CHAT, (answer) => ({ ...answer, complete: false }), ['end of the answer']],
    ['another error text', ERROR, replaced('list index', 'List index'), ['body.error.message']],
    [
      'another parameter at fault',
      ERROR,
      replaced('"param":null', '"param":"messages"'),
      ['body.error.param'],
    ],
    [
      'one token id less',
      '112-return-token-ids',
      replaced(/"token_ids":\[\d+,/, '"token_ids":['),
      ['body.choices[0].token_ids'],
    ],
    ['frames in another order', STREAM, swapLastChunks, ['event 8 keys', 'event 9 keys']],
    ['no [DONE]', STREAM, replaced('data: [DONE]\n\n', ''), ['number of events']],
    [
      'usage in a chunk before',
      STREAM,
      replaced('"finish_reason":null}]', '"finish_reason":null}],"usage":null'),
      ['event 0 keys'],
    ],
    ['frames with spaces', STREAM, replaced(/\{"id":/g, '{"id": '), ['writing of id frames']],
    [
      'an error frame without spaces',
      '625-queue-full-stream',
      replaced('{"error": ', '{"error":'),
      ['writing of error frames'],
    ],
  ] as const satisfies readonly (readonly [
    string,
    string,
    (answer: ComparedAnswer) => ComparedAnswer,
    readonly string[],
  ])[])('%s', (_, id, change, expected) => {
    expect(changed(id, change)).toEqual(expected);
  });
});

function swapLastChunks(answer: ComparedAnswer): ComparedAnswer {
  const events = answer.text.split('\n\n');
  const [usage, last] = [events.at(-3) ?? '', events.at(-4) ?? ''];
  return { ...answer, text: [...events.slice(0, -4), usage, last, ...events.slice(-2)].join('\n\n') };
}

describe('metrics differ when they have', () => {
  const metrics = '# TYPE vllm:a counter\nvllm:a{engine="0"} 1.0\n# TYPE vllm:b gauge\nvllm:b 2.0\n';

  it.each([
    ['another value: no', metrics.replace('1.0', '5.0'), []],
    ['another type', metrics.replace('a counter', 'a gauge'), ['type of metric vllm:a']],
    ['another label', metrics.replace('engine', 'motor'), ['series of metric vllm:a']],
    ['a name of its own', metrics.replaceAll('vllm:b', 'vllm:c'), ['type of metric vllm:c']],
    ['nothing', '', ['metrics']],
  ])('%s', (_, got, expected) => {
    expect(compareMetrics(metrics, got, { all: false }).map(({ where }) => where)).toEqual(expected);
  });

  it('one less, where all are wanted', () => {
    const [first] = metrics.split('# TYPE vllm:b');
    expect(compareMetrics(metrics, first ?? '', { all: true }).map(({ where }) => where)).toEqual([
      'type of metric vllm:b',
    ]);
  });
});

describe('with another model', () => {
  const options = { otherModel: true };
  const recorded = recordings.get(CHAT) as RecordedResponse;
  const answer = (text: string): ComparedAnswer => {
    const headers = { ...recorded.headers, 'content-length': String(Buffer.byteLength(text)) };
    return { status: 200, headers, text, complete: true };
  };
  const where = (change: (text: string) => string) =>
    compareAnswer(recorded, answer(change(JSON.stringify(recorded.body))), options).map((one) => one.where);

  it.each([
    ['other words', (text: string) => text.replace(/"content":"[^"]*"/, '"content":"Hello."')],
    ['an end of its own', (text: string) => text.replace('"length"', '"stop"')],
    ['another number of tokens', (text: string) => text.replace(/"prompt_tokens":\d+/, '"prompt_tokens":9')],
  ])('%s is no difference', (_, change) => {
    expect(where(change)).toEqual([]);
  });

  it.each([
    [
      'a text for a number',
      (text: string) => text.replace(/"prompt_tokens":\d+/, '"prompt_tokens":"9"'),
      'body.usage.prompt_tokens',
    ],
    [
      'null for the words',
      (text: string) => text.replace(/"content":"[^"]*"/, '"content":null'),
      'body.choices[0].message.content',
    ],
    [
      'an unknown end',
      (text: string) => text.replace('"length"', '"abort"'),
      'body.choices[0].finish_reason',
    ],
  ])('%s is one', (_, change, expected) => {
    expect(where(change)).toEqual([expected]);
  });
});
