import type { PixtralClient } from '@pixtral-fleet/client';
import type { DrillEvent, LoadOutcome } from '../drill/run-drill.ts';
import { StreamingLoad } from '../drill/streaming-load.ts';
import type { RehearsalEngine } from '../engine/index.ts';
import type { LocalFleet } from '../instances/local-fleet.ts';
import { RehearsalError } from '../run/failure.ts';
import { pollUntil } from '../run/poll.ts';
import { followReplacement } from './follow-replacement.ts';
import { judgeUpdate } from './update-verdict.ts';

export interface UpdateOptions {
  readonly client: PixtralClient;
  readonly fleet: LocalFleet;
  readonly engine: RehearsalEngine;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
  /** Changes the stack; rejects when the change has been rolled back. */
  readonly deploy: () => Promise<void>;
}

export interface UpdateOutcome extends LoadOutcome {
  readonly kind: 'update';
  /** Why the update was rolled back. @default - it was not */
  readonly rolledBack: unknown;
}

const STREAMS = 8;
const POLL_MS = 100;

/** Changes the stack while streams are running, and waits until instances of one version serve again. */
export async function runUpdate(options: UpdateOptions): Promise<UpdateOutcome> {
  const { fleet, signal } = options;
  const beganAt = performance.now();
  const load = new StreamingLoad(options.client, options.engine.load);
  const events: DrillEvent[] = [];
  const following = new AbortController();
  const before = fleet.inService();
  load.start(STREAMS);
  const followed = followReplacement({
    fleet,
    mark: (kind, instanceId) => {
      events.push({ atMs: load.now(), kind, instanceId });
      options.onNote(`${instanceId} ${kind === 'drained' ? 'has drained and is gone' : 'is in service'}`);
    },
    signal: AbortSignal.any([signal, following.signal]),
  });
  let rolledBack: unknown;
  try {
    await untilEachIsBusy(options, load);
    await options.deploy().catch((error: unknown) => {
      signal.throwIfAborted();
      rolledBack = error;
    });
    await untilEachIsBusy(options, load);
  } finally {
    following.abort();
    await Promise.all([load.stop(), followed]);
  }
  const streams = load.finished();
  const problems = judgeUpdate({ streams, before, after: fleet.inService() });
  return { kind: 'update', streams, events, beganAt, problems, rolledBack };
}

/** What happens to an instance tells something only when streams are open on it. */
async function untilEachIsBusy({ fleet, engine, signal }: UpdateOptions, load: StreamingLoad): Promise<void> {
  await pollUntil(async () => fleet.inService().every(({ id }) => load.activeOn(id) > 0) || undefined, {
    everyMs: POLL_MS,
    deadlineMs: engine.restartDeadlineMs,
    signal,
    timedOut: () => new RehearsalError('an instance in service received no stream'),
  });
}
