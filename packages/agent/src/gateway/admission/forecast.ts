import type { Entry } from './admission.ts';
import type { MeasuredPace } from './measured-pace.ts';
import { type Occupant, predictStart, type Room, type Waiting } from './predict-start.ts';
import type { RequestQueue } from './request-queue.ts';

/** A moment of the gateway: who is at the engine, who waits, how fast it goes. */
export interface Moment {
  readonly now: number;
  readonly capacity: Room;
  readonly pace: MeasuredPace;
  readonly inside: Iterable<Entry>;
  readonly queue: RequestQueue<Entry>;
}

/** One that takes longer than predicted is expected to take this part of the prediction more. */
const OVERDUE = 0.1;

/** When the turn of one more would come if nobody else came. */
export function forecastStart(moment: Moment, entry: Entry): number {
  const order = moment.queue.clone();
  order.push(entry);
  return predictStart({ ...moment, inside: occupants(moment), waiting: inTurn(moment, order, entry) });
}

/** When there is so much room behind all others: those that one would overtake now are at the engine when it comes back. */
export function forecastRoom(moment: Moment, room: Room): number {
  const { places, tokens } = room;
  const waiting = [...inTurn(moment, moment.queue.clone()), { places, tokens, seconds: 0 }];
  return predictStart({ ...moment, inside: occupants(moment), waiting });
}

/** When the first of those at the engine is expected to end. */
export function forecastNextEnd(moment: Moment): number {
  return Math.min(...occupants(moment).map(({ endsAt }) => endsAt));
}

function occupants({ now, pace, inside }: Moment): readonly Occupant[] {
  return [...inside].map(({ places, tokens, request, run }) => {
    const seconds = pace.wholeSeconds(request.work, pace.load.places);
    const endsAt = (run?.startedAt ?? now) + seconds;
    return { places, tokens, endsAt: endsAt > now ? endsAt : now + OVERDUE * seconds };
  });
}

/** Empties the queue in its order. @param last where to stop */
function inTurn({ pace }: Moment, order: RequestQueue<Entry>, last?: Entry): Waiting[] {
  const waiting: Waiting[] = [];
  for (let next = order.shift(); next; next = order.shift()) {
    const { places, tokens, request } = next;
    waiting.push({ places, tokens, seconds: pace.wholeSeconds(request.work, pace.load.places) });
    if (next === last) break;
  }
  return waiting;
}
