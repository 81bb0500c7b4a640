import type { Check, CheckContext } from '../check.ts';
import { CheckFailure } from '../errors.ts';
import { type RawRequest, sendRaw } from '../raw-request.ts';

/** Without the right key nobody learns or gets anything: 401 on both paths for no key, another key, nearly the key. */
export const wrongKeyRefused: Check = {
  name: 'wrong key refused',
  deadlineMs: 20_000,
  advice:
    'do not let anybody else reach this endpoint: it answers without its key; route to the gateway, never to vLLM',
  async run(context) {
    const answers = await Promise.all(
      attemptsOf(context).map(async ({ key, request }) => {
        const { name, status } = await sendRaw(context, request);
        return { what: `${name} with ${key}`, status };
      }),
    );
    const wrong = answers.filter(({ status }) => status !== 401);
    if (wrong.length > 0) {
      const seen = wrong.map(({ what, status }) => `${what}: ${status}`).join('; ');
      throw new CheckFailure(`${seen}, expected 401`);
    }
    return `401 for no key, another key, a key cut short and one letter too many, on ${PATHS} paths`;
  },
};

const PATHS = 2;

function attemptsOf({ endpoint }: CheckContext): { readonly key: string; readonly request: RawRequest }[] {
  const { apiKey, model } = endpoint;
  const keys: readonly (readonly [string, string | null])[] = [
    ['no key', null],
    ['another key', 'this-is-not-the-key'],
    ['a key cut short', apiKey.slice(0, -1)],
    ['one letter too many', `${apiKey}x`],
  ];
  const body = { model, max_tokens: 1, messages: [{ role: 'user', content: 'Say hello.' }] };
  return keys.flatMap(([key, given]) => [
    { key, request: { method: 'GET', path: '/v1/models', apiKey: given } },
    { key, request: { method: 'POST', path: '/v1/chat/completions', apiKey: given, body } },
  ]);
}
