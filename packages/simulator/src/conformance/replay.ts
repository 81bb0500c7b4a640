import { compareImageTokens } from './compare-image-tokens.ts';
import type { Difference } from './compare-json.ts';
import type { Recording } from './recording.ts';
import { REPLAYS } from './replays/index.ts';
import { compareHits } from './replays/pictures.ts';
import { requestOf } from './replays/replay.ts';
import type { Target } from './target.ts';

/** Sends what was recorded, and says in what the answers differ. */
export async function replay(recording: Recording, target: Target): Promise<readonly Difference[]> {
  const special = REPLAYS[recording.id];
  if (special) return special.run(recording, target);
  const answer = await target.send(requestOf(recording));
  return [
    ...target.compare(recording.response, answer),
    ...compareHits(recording, target),
    ...(target.live ? await compareImageTokens(recording, target, answer) : []),
  ];
}
