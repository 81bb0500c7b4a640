/** What takes room in the engine, and how much. */
export interface Room {
  /** Places in the batch. */
  readonly places: number;
  /** Tokens of the KV cache. */
  readonly tokens: number;
}

/** Someone in the engine, and when that is expected to end. */
export interface Occupant extends Room {
  readonly endsAt: number;
}

/** Someone who waits, in the order in which they will come in. */
export interface Waiting extends Room {
  /** From the place to the end. */
  readonly seconds: number;
}

/** Whether there is room for one more. Into an empty engine everybody goes: more room than that there will never be. */
export function hasRoom(used: Room & { readonly count: number }, more: Room, capacity: Room): boolean {
  if (used.count === 0) return true;
  return used.places + more.places <= capacity.places && used.tokens + more.tokens <= capacity.tokens;
}

/**
 * When the last of those who wait comes in, if each comes in as soon as there is room for it and nobody overtakes:
 * places and tokens are given back as their holders end, as expected.
 */
export function predictStart(options: {
  readonly now: number;
  readonly capacity: Room;
  readonly inside: readonly Occupant[];
  readonly waiting: readonly Waiting[];
}): number {
  const { capacity, waiting } = options;
  const inside = options.inside.toSorted((a, b) => a.endsAt - b.endsAt);
  const used = {
    count: inside.length,
    places: inside.reduce((sum, { places }) => sum + places, 0),
    tokens: inside.reduce((sum, { tokens }) => sum + tokens, 0),
  };
  let time = options.now;
  for (const next of waiting) {
    while (!hasRoom(used, next, capacity)) {
      const first = inside.shift();
      if (!first) break;
      time = Math.max(time, first.endsAt);
      used.count -= 1;
      used.places -= first.places;
      used.tokens -= first.tokens;
    }
    insert(inside, { places: next.places, tokens: next.tokens, endsAt: time + next.seconds });
    used.count += 1;
    used.places += next.places;
    used.tokens += next.tokens;
  }
  return time;
}

/** Keeps the order by end. */
function insert(inside: Occupant[], occupant: Occupant): void {
  let [low, high] = [0, inside.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inside[middle]?.endsAt ?? 0) <= occupant.endsAt) low = middle + 1;
    else high = middle;
  }
  inside.splice(low, 0, occupant);
}
