import type { ResolvedCapacity } from './config/index.ts';

/** Whether the fleet may be without any instance on purpose. */
export function maySleep({ min, schedules }: ResolvedCapacity): boolean {
  return min === 0 || schedules.some((schedule) => schedule.min === 0 || schedule.desired === 0);
}
