import { isRecord } from '../errors/error-body.ts';
import { StreamError } from '../errors/errors.ts';

/** One event's data as an object. @throws StreamError that shows the beginning of what came instead. */
export function parseFrame(data: string, partialText: string): Record<string, unknown> {
  let cause: unknown;
  try {
    const frame: unknown = JSON.parse(data);
    if (isRecord(frame)) return frame;
  } catch (error) {
    cause = error;
  }
  const shown = JSON.stringify(data.slice(0, 200));
  throw new StreamError(`expected a JSON object as event, got ${shown}`, { partialText, cause });
}
