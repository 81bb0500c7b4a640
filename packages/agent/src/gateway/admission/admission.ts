import type { Refusal } from '../refusal.ts';
import type { Clock } from './clock.ts';
import { imageTokens, type RequestWork } from './engine-pace.ts';
import { forecastNextEnd, forecastRoom, forecastStart, type Moment } from './forecast.ts';
import type { AnswerOutcome, MeasuredPace, PaceRun } from './measured-pace.ts';
import { hasRoom, type Room } from './predict-start.ts';
import { RecentNeeds } from './recent-needs.ts';
import { refuseAsFull, refuseAsLate, refuseAsOverdue } from './refusals.ts';
import type { Deadline } from './request-deadline.ts';
import { type Priority, RequestQueue } from './request-queue.ts';

export interface AdmissionOptions {
  /** What the engine works on at the same time; `undefined` tokens: not known, no bound. */
  readonly capacity: () => { readonly places: number; readonly tokens: number | undefined };
  /** Requests at the engine and in the queue together. */
  readonly maxInFlight: number;
  readonly pace: MeasuredPace;
  readonly clock: Clock;
  /** From 0 to 1, spreads those who are asked to come back. @default Math.random */
  readonly random?: () => number;
}

export interface AdmissionRequest {
  readonly key: string;
  readonly priority: Priority;
  readonly work: RequestWork;
  readonly deadline: Deadline;
  /** Its client reads the answer as it comes. */
  readonly stream: boolean;
  /** Its turn has come: it is to go to the engine now. May be called before `enter` returns. */
  readonly onStart: () => void;
  /** Its turn did not come in time; it has left the queue. */
  readonly onRefused: (refusal: Refusal) => void;
}

/** A request that was let in: it waits, or is at the engine. */
export interface Ticket {
  /** The first token of its stream has come. */
  firstToken(): void;
  /** It is over, wherever it was. @param outcome of a whole answer; what is only broken off tells nothing of the pace */
  leave(outcome?: AnswerOutcome): void;
}

/** A request that was let in, or is looked at. */
export interface Entry extends Room {
  readonly request: AdmissionRequest;
  readonly key: string;
  readonly priority: Priority;
  readonly cost: number;
  /** Seconds from its place to its answer, or to its first token where that is what is waited for. */
  readonly needed: number;
  /** Seconds that it may wait; below 0 it would be late even now. After `startBy` its answer would come too late. */
  readonly patience: number;
  readonly startBy: number;
  run: PaceRun | undefined;
}

/** What is known of the future is not exact: an answer is expected to take so much longer than predicted. */
const SAFETY = 1.15;

/** A request whose answer takes all of the time that the config gives (its client named none) may still wait a little. */
const LEAST_PATIENCE = 0.25;

/**
 * Who goes to the engine, who waits, who is sent away. The engine gets no more than it works on at the same time; the
 * rest waits here, where it can be ordered, timed and taken back.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #queue = new RequestQueue<Entry>();
  readonly #inside = new Set<Entry>();
  readonly #needs = new RecentNeeds();
  #wake: (() => void) | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Requests that wait here. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Image tokens of all requests here and at the engine. */
  get imageTokens(): number {
    return [...this.#inside, ...this.#queue].reduce((sum, { request }) => sum + imageTokens(request.work), 0);
  }

  /** Seconds until the engine has a place for one that came now, behind all others. */
  get backlogSeconds(): number {
    const moment = this.#moment();
    return Math.max(0, forecastRoom(moment, { places: 1, tokens: 0 }) - moment.now);
  }

  /** @throws Refusal when there is no room at all, or none in time */
  enter(request: AdmissionRequest): Ticket {
    const { clock, maxInFlight, random = Math.random } = this.#options;
    const now = clock.now();
    this.#refuseOverdue();
    const entry = this.#entryOf(request);
    this.#needs.add(entry.needed);
    const isFull = this.#inside.size + this.#queue.size >= maxInFlight;
    const startsAt = forecastStart(this.#moment(), entry);
    if (isFull || (startsAt > entry.startBy && this.#inside.size > 0)) {
      const comesBackIn = Math.max(
        this.#comesBackIn(entry),
        isFull ? forecastNextEnd(this.#moment()) - now : 0,
      );
      throw isFull
        ? refuseAsFull({ maxInFlight, comesBackIn, random })
        : refuseAsLate({ waits: startsAt - now, comesBackIn, deadline: request.deadline, random });
    }
    this.#queue.push(entry);
    this.#startNext();
    return {
      firstToken: () => {
        if (entry.run) this.#options.pace.firstToken(entry.run, clock.now());
      },
      leave: (outcome) => this.#leave(entry, outcome),
    };
  }

  /** Who waits is told at once, and may ask elsewhere. */
  sendAway(refusal: Refusal): void {
    for (const entry of [...this.#queue]) {
      this.#queue.remove(entry);
      entry.request.onRefused(refusal);
    }
    this.#setAlarm();
  }

  #entryOf(request: AdmissionRequest): Entry {
    const { pace, clock } = this.#options;
    const { work, deadline, stream } = request;
    const places = Math.min(work.choices, this.#capacity().places);
    // Who waits finds the batch as full as it is now.
    const beside = Math.max(pace.load.places, places);
    const seconds =
      stream && !deadline.isOwn ? pace.firstTokenSeconds(work) : pace.wholeSeconds(work, beside, 'long');
    const needed = seconds * SAFETY;
    const slack = deadline.seconds - Math.max(needed, this.#needs.large(deadline.seconds));
    const patience = deadline.isOwn ? slack : Math.max(slack, deadline.seconds * LEAST_PATIENCE);
    return {
      request,
      key: request.key,
      priority: request.priority,
      places,
      tokens: pace.expectTokens(work),
      cost: pace.costSeconds(work, beside),
      needed,
      patience,
      startBy: clock.now() + patience,
      run: undefined,
    };
  }

  /** Seconds until it would be let in if nothing else came: when its wait has become what it can afford. */
  #comesBackIn(entry: Entry): number {
    const { deadline } = entry.request;
    const moment = this.#moment();
    // One that is too slow beside others is let in when there are none.
    if (entry.patience < 0) return forecastRoom(moment, moment.capacity) - moment.now;
    // Those that come back count among the recent ones again.
    const need = Math.max(entry.needed, this.#needs.largest(deadline.seconds));
    const affordable = Math.min(entry.patience, deadline.seconds - need);
    return forecastRoom(moment, entry) - moment.now - affordable;
  }

  #moment(): Moment {
    const { pace, clock } = this.#options;
    return { now: clock.now(), capacity: this.#capacity(), pace, inside: this.#inside, queue: this.#queue };
  }

  #startNext(): void {
    const { pace, clock } = this.#options;
    const capacity = this.#capacity();
    for (;;) {
      const next = this.#queue.peek();
      const used = { count: this.#inside.size, ...sumOf(this.#inside) };
      if (!next || !hasRoom(used, next, capacity)) break;
      this.#queue.shift();
      this.#inside.add(next);
      next.run = pace.begin(next.request.work, clock.now());
      next.request.onStart();
    }
    this.#setAlarm();
  }

  #leave(entry: Entry, outcome: AnswerOutcome | undefined): void {
    if (this.#inside.delete(entry)) {
      if (entry.run) this.#options.pace.end(entry.run, this.#options.clock.now(), outcome);
    } else if (!this.#queue.remove(entry)) {
      return;
    }
    this.#refuseOverdue();
    this.#startNext();
  }

  /** Nobody is sent to the engine for an answer that nobody waits for any more. */
  #refuseOverdue(): void {
    const { clock, random = Math.random } = this.#options;
    const now = clock.now();
    for (const entry of [...this.#queue].filter(({ startBy }) => startBy < now)) {
      this.#queue.remove(entry);
      const { deadline } = entry.request;
      const comesBackIn = this.#comesBackIn(entry);
      entry.request.onRefused(refuseAsOverdue({ comesBackIn, deadline, random }));
    }
  }

  #setAlarm(): void {
    const { clock } = this.#options;
    this.#wake?.();
    this.#wake = undefined;
    const first = Math.min(...[...this.#queue].map(({ startBy }) => startBy));
    if (!Number.isFinite(first)) return;
    this.#wake = clock.after(Math.max(0, first - clock.now()) + ALARM_MARGIN_SECONDS, () => {
      this.#refuseOverdue();
      this.#startNext();
    });
  }

  #capacity(): Room {
    const { places, tokens } = this.#options.capacity();
    return { places, tokens: tokens ?? Number.POSITIVE_INFINITY };
  }
}

/** So that the first who is overdue is so when the alarm rings. */
const ALARM_MARGIN_SECONDS = 0.001;

function sumOf(rooms: Iterable<Room>): Room {
  let [places, tokens] = [0, 0];
  for (const room of rooms) {
    places += room.places;
    tokens += room.tokens;
  }
  return { places, tokens };
}
