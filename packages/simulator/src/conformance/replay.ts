import type { Difference } from './compare-json.ts';
import type { Recording } from './recording.ts';
import { REPLAYS } from './replays/index.ts';
import { replayPlainly } from './replays/replay.ts';
import type { Target } from './target.ts';

/** Sends what was recorded, and says in what the answers differ. */
export function replay(recording: Recording, target: Target): Promise<readonly Difference[]> {
  const special = REPLAYS[recording.id];
  return special ? special.run(recording, target) : replayPlainly(recording, target);
}
