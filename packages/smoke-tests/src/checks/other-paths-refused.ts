import type { Check } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { type RawRequest, sendRaw } from '../raw-request.ts';

/**
 * Paths that a bare vLLM answers (0.32.0, recorded): all but `/v1/completions` even without its key, and `/invocations`
 * with a whole chat answer. Sent with the right key, so that a 401 cannot hide what would be answered.
 */
const OTHERS: readonly RawRequest[] = [
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/docs' },
  { method: 'GET', path: '/openapi.json' },
  { method: 'POST', path: '/tokenize', body: { prompt: 'hello' } },
  { method: 'POST', path: '/invocations', body: {} },
  { method: 'POST', path: '/v1/completions', body: {} },
];

/** Whatever the API does not consist of is not found. */
export const otherPathsRefused: Check = {
  name: 'other paths refused',
  deadlineMs: 20_000,
  advice:
    'the endpoint must lead to the fleet’s balancer and gateway: vLLM guards none of these paths but /v1 by its key',
  async run(context) {
    const answers = await Promise.all(OTHERS.map((request) => sendRaw(context, request)));
    const open = answers.filter(({ status }) => status !== 404);
    if (open.length > 0) {
      throw new CheckFailure(
        `${open.map(({ name, status }) => `${name}: ${status}`).join('; ')}, expected 404`,
      );
    }
    return `404 for ${answers.map(({ name }) => name).join(', ')}`;
  },
};
