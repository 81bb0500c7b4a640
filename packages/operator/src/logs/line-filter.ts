import { OperatorError } from '../operator-error.ts';
import { LOG_LEVELS, levelOf } from './log-level.ts';
import { type LogLine, parseRecord } from './log-line.ts';

/** Which lines are wanted; what is left out wants all. */
export interface LineCriteria {
  /** A request's `X-Request-Id`, or the trace id of its `traceparent`. */
  readonly request?: string | undefined;
  /** This level or a worse one: `debug`, `info`, `warn`, `error`, `fatal`. */
  readonly level?: string | undefined;
  /** Boot phase in which the line was written, by its instance's agent or model server. */
  readonly phase?: string | undefined;
}

/** What the gateway takes for an id of a client; another one it replaces. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/**
 * Tells line by line, oldest first, whether it is wanted; a phase lasts until its instance tells of the next one.
 * @throws OperatorError for a level or an id that cannot be
 */
export function createLineFilter({ request, level, phase }: LineCriteria): (line: LogLine) => boolean {
  const least = level === undefined ? 0 : numberOf(level);
  if (request !== undefined && !REQUEST_ID.test(request)) {
    throw new OperatorError(
      `--request must be 1 to 128 letters, digits or _.:-, as the gateway takes them, got ${JSON.stringify(request)}`,
    );
  }
  const phases = new Map<string, string>();
  return (line) => {
    const record = parseRecord(line.text);
    const [instance = ''] = line.stream.split('/', 1);
    if (typeof record?.phase === 'string') phases.set(instance, record.phase);
    return (
      (phase === undefined || phases.get(instance) === phase) &&
      levelOf(line.text, record) >= least &&
      (request === undefined || isOf(request, line.text, record))
    );
  };
}

/** For CloudWatch to leave out what cannot be wanted; where phases matter, it needs every line that tells one. */
export function filterPatternOf({ request, phase }: LineCriteria): string | undefined {
  return request === undefined || phase !== undefined ? undefined : `"${request}"`;
}

/** vLLM's own id is `chatcmpl-<id>`, with more behind it. */
function isOf(request: string, text: string, record: Readonly<Record<string, unknown>> | undefined): boolean {
  if (record?.reqId !== undefined) return record.reqId === request || record.traceId === request;
  return text.includes(request);
}

function numberOf(level: string): number {
  const number = LOG_LEVELS[level];
  if (number !== undefined) return number;
  throw new OperatorError(
    `--level must be one of ${Object.keys(LOG_LEVELS).join(', ')}, got ${JSON.stringify(level)}`,
  );
}
