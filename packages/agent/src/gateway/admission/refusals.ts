import { Refusal } from '../refusal.ts';
import type { Deadline } from './request-deadline.ts';

/** Those who are asked to come back at the same moment are spread over so much more of their wait. */
const JITTER = 0.1;

type Random = () => number;

/** Nothing more is let in, whatever it asks. */
export function refuseAsFull(options: {
  readonly maxInFlight: number;
  readonly comesBackIn: number;
  readonly random: Random;
}): Refusal {
  const { maxInFlight, comesBackIn, random } = options;
  return new Refusal(429, `this instance has ${maxInFlight} requests in flight and admits no more`, {
    retryAfterSeconds: retryAfter(comesBackIn, random),
    reason: 'full',
  });
}

/** It would be answered too late. */
export function refuseAsLate(options: {
  readonly waits: number;
  readonly comesBackIn: number;
  readonly deadline: Deadline;
  readonly random: Random;
}): Refusal {
  const { waits, comesBackIn, deadline, random } = options;
  return new Refusal(
    429,
    `this instance is too busy to answer within ${describe(deadline)}: the request would wait ${Math.ceil(waits)} s first`,
    { retryAfterSeconds: retryAfter(comesBackIn, random), reason: 'late' },
  );
}

/** It was let in, and others came before it. */
export function refuseAsOverdue(options: {
  readonly comesBackIn: number;
  readonly deadline: Deadline;
  readonly random: Random;
}): Refusal {
  const { comesBackIn, deadline, random } = options;
  return new Refusal(
    429,
    `the request's turn did not come early enough for an answer within ${describe(deadline)}`,
    { retryAfterSeconds: retryAfter(comesBackIn, random), reason: 'overdue' },
  );
}

/** Whole seconds, at least one, never less than predicted. */
function retryAfter(seconds: number, random: Random): number {
  return Math.max(1, Math.ceil(seconds * (1 + JITTER * random())));
}

function describe({ seconds, isOwn }: Deadline): string {
  const text = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
  return `${text} s${isOwn ? ' (X-Request-Timeout-Ms)' : ''}`;
}
