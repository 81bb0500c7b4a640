import { type Random, randomInteger } from '../seeing/random.ts';
import type { Size } from '../seeing/raster.ts';

/** Pixels. Twice and more beyond the 1024 from which pictures are scaled down. */
const LONGEST_SIDE = 2_600;

/** A patch is 16 pixels wide: one pixel more is one token more. */
const PATCH = 16;

/**
 * A size that tells something about the rule: small sides as often as large ones, every fourth at the edge of a patch,
 * every eighth at the edge of being scaled down.
 */
export function randomSize(random: Random): Size {
  const nearLimit = random() < 1 / 8;
  if (nearLimit) {
    const sides = [randomInteger(random, 1_020, 1_030), side(random)];
    if (random() < 0.5) sides.reverse();
    return { width: sides[0] ?? 1, height: sides[1] ?? 1 };
  }
  return { width: side(random), height: side(random) };
}

function side(random: Random): number {
  const drawn = Math.max(1, Math.round(LONGEST_SIDE ** random()));
  if (random() >= 1 / 4) return drawn;
  return Math.max(1, Math.round(drawn / PATCH) * PATCH + randomInteger(random, -1, 1));
}
