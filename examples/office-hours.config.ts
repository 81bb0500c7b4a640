import { defineConfig } from '@pixtral-fleet/infra/config';

// For a fleet that people use during the day: awake on weekdays from 7 to 19 o'clock in Paris, nothing else at night.
// Costs about $440 a month: one instance for 61 of the 168 hours of a week, $320; endpoints and load balancer go on day and
// night, $120 (prices of us-east-1).
// The first one in the morning serves some minutes after it was asked for: hence 6:45.
export default defineConfig({
  region: 'eu-central-1',
  capacity: {
    min: 0,
    desired: 1,
    max: 3,
    schedules: [
      { name: 'open', cron: '45 6 * * MON-FRI', timeZone: 'Europe/Paris', min: 1, desired: 1, max: 3 },
      // With max 0 nothing runs whoever asks. Left at 3, the first request of a night would wake an instance.
      { name: 'close', cron: '0 19 * * MON-FRI', timeZone: 'Europe/Paris', min: 0, desired: 0, max: 0 },
    ],
  },
});
