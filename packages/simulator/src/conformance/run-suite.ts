import type { Difference } from './compare-json.ts';
import { startMediaServer } from './media-server.ts';
import { type Recording, readRecordings } from './recording.ts';
import { replay } from './replay.ts';
import { createTarget, startTarget } from './target.ts';

/** What became of one recording. */
export interface Outcome {
  readonly recording: Recording;
  readonly differences: readonly Difference[];
}

export interface SuiteOptions {
  /** A running server. @default - a simulator of its own for each recording, with the recorded flags */
  readonly base?: URL;
  /** Of the ids. @default - all */
  readonly only?: RegExp;
  /** Recordings at the same time. @default 4 with simulators, 1 with a running server */
  readonly concurrency?: number;
}

/** Replays the recordings. Those of a server with other flags are left out when a running server is asked. */
export async function runSuite(options: SuiteOptions = {}): Promise<readonly Outcome[]> {
  const { base, only } = options;
  const queue = readRecordings().filter(
    ({ id, server }) => (only?.test(id) ?? true) && (base === undefined || server === ''),
  );
  const outcomes = new Map<Recording, Outcome>();
  const work = async (recordings: Iterator<Recording>) => {
    for (let next = recordings.next(); !next.done; next = recordings.next()) {
      outcomes.set(next.value, await runOne(next.value, base));
    }
  };
  const recordings = queue.values();
  const workers = options.concurrency ?? (base ? 1 : 4);
  await Promise.all(Array.from({ length: workers }, () => work(recordings)));
  return queue.flatMap((recording) => outcomes.get(recording) ?? []);
}

async function runOne(recording: Recording, base: URL | undefined): Promise<Outcome> {
  await using media = await startMediaServer();
  try {
    if (base) return { recording, differences: await replay(recording, createTarget(base, media)) };
    await using target = await startTarget(recording.server, media);
    return { recording, differences: await replay(recording, target) };
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { recording, differences: [{ where: 'replay', recorded: 'an answer', got }] };
  }
}
