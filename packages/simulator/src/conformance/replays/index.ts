import { BURST_REPLAYS } from './bursts.ts';
import { CONNECTION_REPLAYS } from './connections.ts';
import { OPS_REPLAYS } from './ops.ts';
import { PICTURE_REPLAYS } from './pictures.ts';
import type { Replay } from './replay.ts';
import { SHUTDOWN_REPLAYS } from './shutdowns.ts';
import { TEXT_REPLAYS } from './texts.ts';

/** Recordings that are more than one request and its answer, by their ids. */
export const REPLAYS: Readonly<Record<string, Replay>> = {
  ...OPS_REPLAYS,
  ...TEXT_REPLAYS,
  ...PICTURE_REPLAYS,
  ...CONNECTION_REPLAYS,
  ...BURST_REPLAYS,
  ...SHUTDOWN_REPLAYS,
};
