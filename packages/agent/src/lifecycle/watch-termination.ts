import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { InstanceMetadata } from '../aws/instance-metadata.ts';
import { FailureStreak } from '../report/failure-streak.ts';
import { type Departure, type DepartureCause, spotDeparture } from './departure.ts';

/** AWS asks to look every 5 s; a drain is better begun early. */
const POLL_MS = 2_000;

/**
 * Tells of whatever wants this instance to go, each cause once, until the signal aborts: the first one begins the drain, and
 * one that comes meanwhile may leave it less time. A metadata service that refuses, fails or hangs is reported once and asked
 * again; each of its answers counts by itself.
 */
export function watchTermination(options: {
  readonly metadata: InstanceMetadata;
  /** Aborts when the process was told to end. */
  readonly terminate: AbortSignal;
  readonly onDeparture: (departure: Departure) => void;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. @default 2_000 */
  readonly everyMs?: number;
}): void {
  const { terminate, signal, everyMs = POLL_MS } = options;
  const told = new Set<DepartureCause>();
  const tell = (departure: Departure) => {
    if (told.has(departure.cause)) return;
    told.add(departure.cause);
    options.onDeparture(departure);
  };
  const tellEnd = () => tell({ cause: 'process', reason: 'the process was told to end' });
  if (terminate.aborted) tellEnd();
  terminate.addEventListener('abort', tellEnd, { once: true, signal });
  void watchMetadata({ ...options, everyMs, tell });
}

async function watchMetadata({
  metadata,
  logger,
  signal,
  everyMs,
  tell,
}: {
  readonly metadata: InstanceMetadata;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly everyMs: number;
  readonly tell: (departure: Departure) => void;
}): Promise<void> {
  const streak = new FailureStreak(
    logger,
    'the metadata service did not tell whether this instance is to go',
  );
  let isRebalanced = false;
  while (!signal.aborted) {
    const answers = await Promise.allSettled([
      metadata.targetLifecycleState().then((state) => {
        if (state !== 'Terminated') return;
        tell({ cause: 'group', reason: 'the Auto Scaling group terminates this instance' });
      }),
      metadata.spotInterruption().then((notice) => {
        if (notice) tell(spotDeparture(notice.takenAt));
      }),
      metadata.rebalanceRecommendation().then((isRecommended) => {
        if (isRecommended && !isRebalanced) {
          logger.warn('EC2 may take this Spot instance back soon; its group launches another one first');
        }
        isRebalanced = isRecommended;
      }),
    ]);
    const [failure] = answers.filter((answer) => answer.status === 'rejected');
    if (failure) streak.failed(failure.reason);
    else streak.succeeded();
    // An abort ends the loop at its head.
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
