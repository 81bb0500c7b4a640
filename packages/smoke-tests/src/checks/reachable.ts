import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, CheckContext } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { sendRaw } from '../raw-request.ts';

/** A balancer's own words for "no instance answered me". */
const NOBODY_BEHIND: ReadonlySet<number> = new Set([502, 503, 504]);

/** One lost connection must not end the whole run; a fleet that is not there is told within two seconds. */
const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** Something answers at the URL, and it is not a balancer with nobody behind it. Says nothing about the key. */
export const reachable: Check = {
  name: 'reachable',
  deadlineMs: 20_000,
  advice:
    'check URL and port; an internal load balancer is reachable only from its VPC or through the tunnel command among the stack outputs; its target group tells which instances are healthy',
  async run(context) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await knock(context);
      } catch (error) {
        if (!(error instanceof CheckFailure) || attempt === ATTEMPTS) throw error;
        await sleep(PAUSE_MS, undefined, { signal: context.signal });
      }
    }
  },
};

async function knock(context: CheckContext): Promise<string> {
  const { name, status, ms } = await sendRaw(context, { method: 'GET', path: '/v1/models' }).catch(
    (error) => {
      throw error instanceof CheckFailure ? hopeless(error.message) : error;
    },
  );
  if (NOBODY_BEHIND.has(status))
    throw hopeless(`${name}: ${status}, so no instance stands behind the endpoint`);
  return `${name} answered ${status} in ${ms} ms`;
}

function hopeless(evidence: string): CheckFailure {
  return new CheckFailure(evidence, { hopeless: 'the endpoint is not reachable' });
}
