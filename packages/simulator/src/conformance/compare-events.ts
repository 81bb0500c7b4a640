import { isRecord } from '../json.ts';
import { compareJson, type Difference } from './compare-json.ts';
import type { CompareOptions } from './compare-rules.ts';
import { type ParsedEvent, parseEvents } from './parse-events.ts';
import type { RecordedEvent, RecordedResponse } from './recording.ts';

/** Compares a stream frame by frame: shape, values, order, number, and how each is written. */
export function compareEvents(
  recorded: RecordedResponse,
  text: string,
  { otherModel }: Pick<CompareOptions, 'otherModel'>,
): readonly Difference[] {
  const events = recorded.sse ?? [];
  const freeLength = otherModel || events.some(endsFreely);
  const expected = arrange(events);
  const got = arrange(parseEvents(text));
  const written = text.endsWith('\n\n')
    ? []
    : [{ where: 'end of stream', recorded: '\n\n', got: text.slice(-20) }];
  const options = { freeLength, freeText: otherModel || hasPartialText(events), otherModel };
  const differences = freeLength
    ? compareRuns(expected, got, options)
    : compareOneByOne(expected, got, options);
  return [...written, ...compareWriting(recorded.raw ?? '', text), ...differences];
}

/** Some tokens were parts of characters, so that which chunks have text was the random model's choice (404, 409). */
function hasPartialText(events: readonly RecordedEvent[]): boolean {
  const texts = events.flatMap(({ data }) => {
    const [choice] = isRecord(data) && Array.isArray(data.choices) ? data.choices : [];
    const delta = isRecord(choice) && isRecord(choice.delta) ? choice.delta : {};
    return delta.role === undefined && typeof delta.content === 'string' ? [delta.content] : [];
  });
  return texts.some((text) => text === '') && texts.some((text) => text !== '');
}

/** How long an answer is that fails on the way was the random model's choice. */
function endsFreely(event: RecordedEvent): boolean {
  return isRecord(event.data) && 'error' in event.data;
}

/**
 * In an order of its own: comments that repeat become one, and choices whose chunks interleave by chance are put one
 * after the other.
 */
function arrange<T extends RecordedEvent>(events: readonly T[]): readonly T[] {
  const kept = withoutOmittedComments(events).filter(
    (event, index, all) => !event.comment || event.comment !== all[index - 1]?.comment,
  );
  const last = kept.findLastIndex((event) => choiceOf(event) !== undefined);
  if (kept.every((event) => (choiceOf(event) ?? 0) === 0)) return kept;
  const chunks = kept.slice(0, last + 1).toSorted((a, b) => (choiceOf(a) ?? -1) - (choiceOf(b) ?? -1));
  return [...chunks, ...kept.slice(last + 1)];
}

/** What was left out between two of the same comments was such comments. */
function withoutOmittedComments<T extends RecordedEvent>(events: readonly T[]): readonly T[] {
  return events.filter(({ omitted }, index) => {
    const before = events[index - 1]?.comment;
    return omitted === undefined || before === undefined || before !== events[index + 1]?.comment;
  });
}

function choiceOf(event: RecordedEvent): number | undefined {
  if (!isRecord(event.data) || !Array.isArray(event.data.choices)) return undefined;
  const [choice] = event.data.choices;
  return isRecord(choice) ? Number(choice.index) : undefined;
}

function compareOneByOne(
  recorded: readonly RecordedEvent[],
  got: readonly ParsedEvent[],
  options: CompareOptions,
): readonly Difference[] {
  const hole = recorded.findIndex((event) => event.omitted !== undefined);
  const omitted = recorded[hole]?.omitted ?? 0;
  const total = hole < 0 ? recorded.length : recorded.length - 1 + omitted;
  if (total !== got.length) return [{ where: 'number of events', recorded: total, got: got.length }];
  return got.flatMap((event, index) => {
    // What was left out of the recording looks like the chunk before it.
    const at = hole < 0 || index < hole ? index : index < hole + omitted ? hole - 1 : index - omitted + 1;
    return compareEvent(recorded[at] ?? {}, event, options, `event ${index}`);
  });
}

/** Consecutive frames of one shape count as one. */
function compareRuns(
  recorded: readonly RecordedEvent[],
  got: readonly ParsedEvent[],
  options: CompareOptions,
): readonly Difference[] {
  const runs = (events: readonly RecordedEvent[]) =>
    events
      .filter(({ omitted }) => omitted === undefined)
      .filter((event, index, all) => index === 0 || !sameShape(all[index - 1] ?? {}, event, options));
  const [before, now] = [runs(recorded), runs(got)];
  if (before.length !== now.length) {
    return [{ where: 'kinds of events', recorded: before, got: now }];
  }
  return now.flatMap((event, index) => compareEvent(before[index] ?? {}, event, options, `event ${index}`));
}

function sameShape(one: RecordedEvent, other: RecordedEvent, options: CompareOptions): boolean {
  return compareEvent(one, other, options, '').length === 0;
}

function compareEvent(
  recorded: RecordedEvent,
  got: RecordedEvent,
  options: CompareOptions,
  where: string,
): readonly Difference[] {
  return [
    ...compareJson(recorded.event, got.event, options, `${where} name`),
    ...compareJson(recorded.comment, got.comment, options, `${where} comment`),
    ...compareJson(recorded.data, got.data, options, where),
  ];
}

/** Spaces and separators, in the part of the stream of which the recording keeps the bytes. */
function compareWriting(raw: string, text: string): readonly Difference[] {
  const recorded = styles(raw.slice(0, raw.lastIndexOf('\n\n') + 2));
  const got = styles(text);
  return [...recorded].flatMap(([kind, style]) => {
    const other = got.get(kind);
    return other === undefined || other === style
      ? []
      : [{ where: `writing of ${kind} frames`, recorded: style, got: other }];
  });
}

/** The JSON of each kind of frame, written with or without spaces. */
function styles(text: string): ReadonlyMap<string, string> {
  return new Map(
    parseEvents(text).map((event) => {
      const kind =
        event.comment ?? event.event ?? (isRecord(event.data) ? Object.keys(event.data)[0] : event.data);
      const lines = event.block.split('\n').map((line) => line.replace(/ .*/s, ' …'));
      const spaced = /^data: \{"[^"]*": /m.test(event.block);
      return [String(kind), `${lines.join('|')} ${spaced ? 'with spaces' : 'compact'}`];
    }),
  );
}
