import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { ResolvedCapacity } from '../config/sections/capacity-config.ts';

/** Sizes by the clock. What an action leaves out stays as it is at that time. */
export function addSchedules(
  group: autoscaling.AutoScalingGroup,
  schedules: ResolvedCapacity['schedules'],
): void {
  for (const { name, cron, timeZone, min, desired, max } of schedules) {
    group.scaleOnSchedule(name, {
      schedule: autoscaling.Schedule.expression(cron),
      timeZone,
      ...(min === undefined ? {} : { minCapacity: min }),
      ...(desired === undefined ? {} : { desiredCapacity: desired }),
      ...(max === undefined ? {} : { maxCapacity: max }),
    });
  }
}
