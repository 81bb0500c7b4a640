export { Admission } from './admission.ts';
export { SYSTEM_CLOCK } from './clock.ts';
export type { RequestWork } from './engine-pace.ts';
export { createInstancePace } from './instance-pace.ts';
export { type AnswerOutcome, MeasuredPace } from './measured-pace.ts';
export { readDeadline, readPriority } from './request-deadline.ts';
export { waitForPlace } from './wait-for-place.ts';
