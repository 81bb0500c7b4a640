import { Refusal } from '../refusal.ts';
import { PRIORITIES, type Priority } from './request-queue.ts';

/** By when a request is of use to who sent it. */
export interface Deadline {
  readonly seconds: number;
  /** Whether the client has named it, or the config's is used. */
  readonly isOwn: boolean;
}

const DEADLINE_HEADER = 'x-request-timeout-ms';
const PRIORITY_HEADER = 'x-request-priority';

/** Nobody's client waits longer: what is above is taken for this. */
const LONGEST_SECONDS = 3_600;

/**
 * `X-Request-Timeout-Ms`: how long the client is going to wait for the whole answer.
 * @throws Refusal 400 for anything but a whole number of at least 1
 */
export function readDeadline(headers: Headers, defaultSeconds: number): Deadline {
  const text = headers[DEADLINE_HEADER];
  if (text === undefined) return { seconds: defaultSeconds, isOwn: false };
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text) || Number(text) < 1) {
    throw new Refusal(
      400,
      `the header "X-Request-Timeout-Ms" must be a whole number of milliseconds from 1 up, got ${JSON.stringify(String(text).slice(0, 40))}`,
    );
  }
  return { seconds: Math.min(LONGEST_SECONDS, Number(text) / 1_000), isOwn: true };
}

/**
 * `X-Request-Priority`: `interactive` where it is missing.
 * @throws Refusal 400 for anything that is no priority
 */
export function readPriority(headers: Headers): Priority {
  const text = headers[PRIORITY_HEADER];
  if (text === undefined) return 'interactive';
  const priority = PRIORITIES.find((name) => name === text);
  if (priority) return priority;
  throw new Refusal(
    400,
    `the header "X-Request-Priority" must be ${PRIORITIES.map((name) => `"${name}"`).join(' or ')}, got ${JSON.stringify(String(text).slice(0, 40))}`,
  );
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
