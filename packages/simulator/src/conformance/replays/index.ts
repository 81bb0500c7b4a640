import type { Difference } from '../compare-json.ts';
import type { Recording } from '../recording.ts';
import type { Target } from '../target.ts';

export type Replay = (recording: Recording, target: Target) => Promise<readonly Difference[]>;

/** Recordings that are more than one request and its answer. */
export const REPLAYS: Readonly<Record<string, Replay>> = {};
