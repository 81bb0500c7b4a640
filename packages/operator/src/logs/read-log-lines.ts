import { setTimeout as sleep } from 'node:timers/promises';
import { type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { OperatorError } from '../operator-error.ts';
import type { LogLine } from './log-line.ts';

export interface LogQuery {
  readonly group: string;
  /** Streams whose names begin so. @default - all */
  readonly streamPrefix?: string | undefined;
  /** Streams whose names end so; CloudWatch cannot filter by it. @default - all */
  readonly streamSuffix?: string | undefined;
  /** Of CloudWatch Logs: leaves out lines before they are sent here. @default - none */
  readonly filterPattern?: string | undefined;
  readonly since: Date;
  /** Goes on until `signal` aborts. @default false */
  readonly follow?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds between looks when following. @default 2000 */
  readonly pollMs?: number;
}

/** CloudWatch Logs takes in lines out of order for a while; those are looked for again. */
const LATE_MS = 30_000;

/** Lines of a log group, oldest first. @throws OperatorError when there is no such group */
export async function* readLogLines(
  { logs }: Pick<FleetClients, 'logs'>,
  query: LogQuery,
): AsyncGenerator<LogLine> {
  const { follow = false, signal, pollMs = 2_000 } = query;
  let told = new Map<string, number>();
  let from = query.since.getTime();
  for (;;) {
    let newest = from;
    const read = new Map<string, number>();
    for await (const event of readPages(logs, query, from)) {
      const { eventId = '', timestamp: at = 0, logStreamName: stream = '', message: text = '' } = event;
      // Only lines of an earlier look are left out: ids are not unique everywhere, and equal lines are two lines.
      const key = `${eventId} ${at} ${text}`;
      read.set(key, at);
      newest = Math.max(newest, at);
      if (told.has(key) || !isWanted(stream, query)) continue;
      yield { at, stream, text };
    }
    if (!follow || signal?.aborted) return;
    from = Math.max(from, newest - LATE_MS);
    told = new Map([...told, ...read].filter(([, at]) => at >= from));
    await sleep(pollMs, undefined, signal ? { signal } : {}).catch(() => undefined);
    if (signal?.aborted) return;
  }
}

/** The prefix is asked of CloudWatch too; an emulated one leaves that to the caller. */
function isWanted(stream: string, { streamPrefix = '', streamSuffix = '' }: LogQuery): boolean {
  return stream.startsWith(streamPrefix) && stream.endsWith(streamSuffix);
}

async function* readPages(
  logs: FleetClients['logs'],
  query: LogQuery,
  startTime: number,
): AsyncGenerator<FilteredLogEvent> {
  let nextToken: string | undefined;
  do {
    const page = await logs
      .send(
        new FilterLogEventsCommand({
          logGroupName: query.group,
          startTime,
          nextToken,
          ...(query.filterPattern ? { filterPattern: query.filterPattern } : {}),
          ...(query.streamPrefix ? { logStreamNamePrefix: query.streamPrefix } : {}),
        }),
        query.signal ? { abortSignal: query.signal } : {},
      )
      .catch((error: unknown) => {
        if (query.signal?.aborted) return undefined;
        if (error instanceof Error && error.name === 'ResourceNotFoundException') {
          throw new OperatorError(`there is no log group ${query.group} (yet): nothing has logged to it`);
        }
        throw error;
      });
    yield* page?.events ?? [];
    nextToken = page?.nextToken;
  } while (nextToken);
}
