import { isRecord } from '../json.ts';
import { compareEvents } from './compare-events.ts';
import { compareJson, type Difference, withoutRandom } from './compare-json.ts';
import type { RecordedResponse } from './recording.ts';
import type { Answer } from './send-request.ts';

/** Everything in which an answer is not as recorded: status, headers, body, frames. */
export function compareAnswer(recorded: RecordedResponse, answer: Answer): readonly Difference[] {
  const differences: Difference[] = [];
  if (recorded.status !== answer.status) {
    differences.push({ where: 'status', recorded: recorded.status, got: answer.status });
  }
  differences.push(...compareHeaders(recorded.headers ?? {}, answer.headers));
  if (recorded.sse) differences.push(...compareEvents(recorded, answer.text));
  else if (recorded.body !== undefined) differences.push(...compareBody(recorded.body, answer.text));
  return differences;
}

/** Both ways: one too many is a difference too. The length of a random text is random. */
function compareHeaders(
  recorded: Readonly<Record<string, string>>,
  got: Readonly<Record<string, string>>,
): readonly Difference[] {
  // A recording without headers holds facts of another kind.
  if (Object.keys(recorded).length === 0) return [];
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(got)])];
  return names.flatMap((name) => {
    const [before, now] = [recorded[name], got[name]];
    const same =
      before !== undefined && now !== undefined
        ? name === 'content-length' || withoutRandom(before) === withoutRandom(now)
        : before === now;
    return same ? [] : [{ where: `header ${name}`, recorded: before, got: now }];
  });
}

function compareBody(recorded: unknown, text: string): readonly Difference[] {
  if (typeof recorded === 'string') {
    // The recorder cut long pages.
    const same = recorded.endsWith('…') ? text.startsWith(recorded.slice(0, -1)) : text === recorded;
    return same ? [] : [{ where: 'body', recorded, got: text }];
  }
  const got = parse(text);
  return compareJson(recorded, got, { freeLength: endedByItself(recorded), freeText: false });
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
