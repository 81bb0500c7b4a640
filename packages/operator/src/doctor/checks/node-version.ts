import type { DoctorCheck } from '../doctor-check.ts';
import { fail, ok, warn } from '../finding.ts';

/** The first that runs TypeScript as it is, and the one that the repository installs and is tested on. */
const OLDEST_MAJOR = 24;
const TESTED_MAJOR = 26;

export const nodeVersion: DoctorCheck = {
  id: 'node',
  needs: 'nothing',
  run: async ({ nodeVersion: version }) => {
    const major = Number(version.split('.')[0]);
    const remedy = 'npm run pixtral -- doctor (it uses the Node that package-lock.json pins)';
    if (major < OLDEST_MAJOR) return fail(`Node ${version} is too old: ${OLDEST_MAJOR} is needed`, remedy);
    if (major !== TESTED_MAJOR) return warn(`Node ${version}; tested is ${TESTED_MAJOR}`, remedy);
    return ok(`Node ${version}`);
  },
};
