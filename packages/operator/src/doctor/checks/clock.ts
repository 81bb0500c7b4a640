import type { DoctorCheck } from '../doctor-check.ts';
import { fail, ok, skipped, warn } from '../finding.ts';

/** AWS refuses signatures that are five minutes off; the SDK corrects itself, curl on an instance does not. */
const REFUSED_MS = 300_000;
const SUSPICIOUS_MS = 30_000;

export const clock: DoctorCheck = {
  id: 'clock',
  needs: 'aws',
  run: async ({ caller }) => {
    const { clockAheadMs } = await caller;
    if (clockAheadMs === undefined) return skipped('AWS did not say what time it is');
    const seconds = Math.round(Math.abs(clockAheadMs) / 1_000);
    const found = `this machine's clock is ${seconds} s ${clockAheadMs >= 0 ? 'ahead of' : 'behind'} AWS's`;
    const remedy = 'timedatectl set-ntp true';
    if (Math.abs(clockAheadMs) >= REFUSED_MS) {
      return fail(`${found}: AWS refuses signatures that are 5 minutes off`, remedy);
    }
    return Math.abs(clockAheadMs) >= SUSPICIOUS_MS ? warn(found, remedy) : ok(found);
  },
};
