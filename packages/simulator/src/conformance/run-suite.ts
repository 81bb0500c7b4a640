import type { Difference } from './compare-json.ts';
import { startMediaServer } from './media-server.ts';
import { type Recording, readRecordings } from './recording.ts';
import { replay } from './replay.ts';
import { REPLAYS } from './replays/index.ts';
import type { ServerAddress } from './send-request.ts';
import { createTarget, startTarget } from './target.ts';

/** What became of one recording. */
export interface Outcome {
  readonly recording: Recording;
  readonly differences: readonly Difference[];
}

export interface SuiteOptions {
  /** A running server. @default - a simulator of its own for each recording, with the recorded flags */
  readonly server?: ServerAddress;
  /** Of the ids. @default - all */
  readonly only?: RegExp;
  /** Recordings at the same time. @default 4 with simulators, 1 with a running server */
  readonly concurrency?: number;
  /** Called as soon as something is known. @default - nothing is */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * The recordings that can be replayed: a running server has the usual flags, is not to be ended, and may be used by
 * others meanwhile.
 */
export function selectRecordings({ server, only }: SuiteOptions = {}): readonly Recording[] {
  return readRecordings()
    .filter(({ id }) => only?.test(id) ?? true)
    .filter((recording) => !server || (recording.server === '' && !REPLAYS[recording.id]?.ownProcess));
}

/** Replays the recordings. */
export async function runSuite(options: SuiteOptions = {}): Promise<readonly Outcome[]> {
  const { server, onOutcome } = options;
  const queue = selectRecordings(options);
  const outcomes = new Map<Recording, Outcome>();
  const work = async (recordings: Iterator<Recording>) => {
    for (let next = recordings.next(); !next.done; next = recordings.next()) {
      const outcome = await replayRecording(next.value, server);
      outcomes.set(next.value, outcome);
      onOutcome?.(outcome);
    }
  };
  const recordings = queue.values();
  const workers = options.concurrency ?? (server ? 1 : 4);
  await Promise.all(Array.from({ length: workers }, () => work(recordings)));
  return queue.flatMap((recording) => outcomes.get(recording) ?? []);
}

/** Replays one, against a simulator of its own or the running server. */
export async function replayRecording(recording: Recording, server?: ServerAddress): Promise<Outcome> {
  await using media = await startMediaServer();
  try {
    if (server) return { recording, differences: await replay(recording, createTarget(server, media)) };
    await using target = await startTarget(recording.server, media, REPLAYS[recording.id]);
    return { recording, differences: await replay(recording, target) };
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { recording, differences: [{ where: 'replay', recorded: 'an answer', got }] };
  }
}
