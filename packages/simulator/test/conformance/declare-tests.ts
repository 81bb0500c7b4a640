import { expect, it } from 'vitest';
import { ACCEPTED_DIFFERENCES } from '../../src/conformance/accepted-differences.ts';
import { formatDifference } from '../../src/conformance/format-outcomes.ts';
import type { Recording } from '../../src/conformance/recording.ts';
import { REPLAYS } from '../../src/conformance/replays/index.ts';
import { replayRecording } from '../../src/conformance/run-suite.ts';

/** Time counts in them: they have a file of their own, so that a large body elsewhere does not hold them up. */
export function hasTimeLimits({ id, request }: Recording): boolean {
  return id in REPLAYS || JSON.stringify(request?.body ?? {}).includes('"$media');
}

/** One test for each recording. */
export function declareTests(recordings: readonly Recording[]): void {
  const named = recordings.map((recording) => ({ recording, name: `${recording.id}: ${recording.title}` }));
  // Some start two processes, which takes a busy machine its time.
  it.concurrent.each(named)('$name', { timeout: 60_000 }, async ({ recording }) => {
    const { differences } = await replayRecording(recording);
    if (recording.id in ACCEPTED_DIFFERENCES) {
      const remedy = 'agrees by now: remove its entry from accepted-differences.ts';
      expect(differences, remedy).not.toEqual([]);
    } else {
      expect(differences.map(formatDifference).join('\n')).toBe('');
    }
  });
}
