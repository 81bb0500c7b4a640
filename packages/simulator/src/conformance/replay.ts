import { compareAnswer } from './compare-answer.ts';
import type { Difference } from './compare-json.ts';
import type { Recording } from './recording.ts';
import { REPLAYS } from './replays/index.ts';
import type { Target } from './target.ts';

/** Sends what was recorded, and says in what the answers differ. */
export async function replay(recording: Recording, target: Target): Promise<readonly Difference[]> {
  const special = REPLAYS[recording.id];
  if (special) return special(recording, target);
  return replayPlainly(recording, target);
}

/** One request, one answer. */
export async function replayPlainly(recording: Recording, target: Target): Promise<readonly Difference[]> {
  const { request, response, mediaHits } = recording;
  if (!request)
    return [{ where: 'replay', recorded: 'facts from several requests', got: 'no replay of them' }];
  const differences = compareAnswer(response, await target.send(request));
  return [...differences, ...compareHits(mediaHits, target)];
}

function compareHits(recorded: Recording['mediaHits'], target: Target): readonly Difference[] {
  const line = (hit: { readonly path: string; readonly userAgent: string }) => `${hit.userAgent} ${hit.path}`;
  const [before, now] = [recorded.map(line), target.media.hits.map(line)];
  return before.join() === now.join() ? [] : [{ where: 'requests for pictures', recorded: before, got: now }];
}
