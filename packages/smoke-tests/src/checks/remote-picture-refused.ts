import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { demandPictureRefusal } from '../picture-refusal.ts';

/** Where an EC2 instance's own credentials are, and a file of the machine: what an attacker would ask for. */
const FORBIDDEN = [
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'file:///etc/hostname',
] as const;

/** Milliseconds. A refusal needs none; a vLLM that tries to connect gives up after 5 s (recorded). */
const FAST_MS = 3_000;

/** Nothing is fetched for a client: no URL in a request reaches the metadata service or the disk. */
export const remotePictureRefused: Check = {
  name: 'remote picture refused',
  deadlineMs: 20_000,
  advice:
    'requests must pass the gateway, which takes data: URIs only; check that vLLM itself has no network',
  async run(context) {
    const refused: string[] = [];
    for (const url of FORBIDDEN) {
      const { status, message, ms } = await demandPictureRefusal(context, { what: url, url });
      if (status === FETCHED) {
        throw new CheckFailure(
          `${url}: ${status} ${JSON.stringify(message)}: it was fetched, and answered with an error`,
        );
      }
      if (ms > FAST_MS)
        throw new CheckFailure(`${url}: ${status}, but only after ${ms} ms: something was tried`);
      refused.push(`${url}: ${status} after ${ms} ms`);
    }
    return refused.join('; ');
  },
};

/** vLLM's status for a picture URL that answered 4xx, as the metadata service does without a token (recorded). */
const FETCHED = 422;
