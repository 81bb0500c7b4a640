import { isRecord } from '../json.ts';
import { compareEvents } from './compare-events.ts';
import { compareJson, type Difference } from './compare-json.ts';
import { withoutRandom } from './compare-rules.ts';
import type { RecordedResponse } from './recording.ts';
import type { Answer } from './send-request.ts';

/** What of an answer is compared. */
export type ComparedAnswer = Pick<Answer, 'status' | 'headers' | 'text' | 'complete'>;

export interface AnswerOptions {
  /** The server has another model than the recorded one. @default false */
  readonly otherModel?: boolean;
}

/** Everything in which an answer is not as recorded: status, headers, body, frames. */
export function compareAnswer(
  recorded: RecordedResponse,
  answer: ComparedAnswer,
  { otherModel = false }: AnswerOptions = {},
): readonly Difference[] {
  const differences: Difference[] = [];
  if (recorded.status !== answer.status) {
    differences.push({ where: 'status', recorded: recorded.status, got: answer.status });
  }
  const ended = recorded.ended ?? 'complete';
  if (ended === 'complete' && !answer.complete) {
    differences.push({ where: 'end of the answer', recorded: ended, got: 'the connection was cut' });
  }
  differences.push(...compareHeaders(recorded.headers ?? {}, answer));
  if (recorded.sse) differences.push(...compareEvents(recorded, answer.text, { otherModel }));
  else if (recorded.body !== undefined) differences.push(...compareBody(recorded, answer.text, otherModel));
  return differences;
}

/** Both ways: one too many is a difference too. */
function compareHeaders(
  recorded: Readonly<Record<string, string>>,
  { headers, text }: ComparedAnswer,
): readonly Difference[] {
  // A recording without headers holds facts of another kind.
  if (Object.keys(recorded).length === 0) return [];
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(headers)])];
  return names.flatMap((name) => {
    const [before, now] = [recorded[name], headers[name]];
    const both = before !== undefined && now !== undefined;
    const same = name === 'content-length' ? sameLength(before, now, text) : sameText(before, now);
    return same && (both || before === now) ? [] : [{ where: `header ${name}`, recorded: before, got: now }];
  });
}

/** The length of a random text is random; an answer to HEAD has a length and no text. */
function sameLength(before: string | undefined, now: string | undefined, text: string): boolean {
  return text === '' ? before === now : Number(now) === Buffer.byteLength(text);
}

function sameText(before = '', now = ''): boolean {
  return withoutRandom(before) === withoutRandom(now);
}

function compareBody(
  { body, headers }: RecordedResponse,
  text: string,
  otherModel: boolean,
): readonly Difference[] {
  if (typeof body === 'string') {
    // The recorder cut long pages.
    const same = body.endsWith('…') ? text.startsWith(body.slice(0, -1)) : text === body;
    return same ? [] : [{ where: 'body', recorded: body, got: text }];
  }
  const got = parse(text);
  const freeLength = otherModel || endedByItself(body);
  return [
    ...compareJson(body, got, { freeLength, freeText: otherModel, otherModel }),
    ...compareWriting(Number(headers?.['content-length']), body, text),
  ];
}

/** JSON without any spaces, where that is how it was written. */
function compareWriting(recordedBytes: number, body: unknown, text: string): readonly Difference[] {
  const compact = JSON.stringify(body);
  if (Buffer.byteLength(compact) !== recordedBytes) return [];
  const outside = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return /\s/.test(outside)
    ? [{ where: 'writing of the body', recorded: compact.slice(0, 50), got: text.slice(0, 50) }]
    : [];
}

/** A text that a stop token ended, and not a limit of tokens. */
function endedByItself(recorded: unknown): boolean {
  if (!isRecord(recorded) || !Array.isArray(recorded.choices)) return false;
  return recorded.choices.some(
    (choice) => choice.finish_reason === 'stop' && (choice.message?.content ?? choice.text) !== '',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
