import type { Check, CheckContext } from '../check.ts';
import { CheckFailure } from '../errors.ts';

/** The balancer sends to the instance with the fewest requests in flight: several at once reach several instances. */
const REQUESTS_PER_INSTANCE = 4;
const LEAST_REQUESTS = 8;

/** Without names there is no telling when all have answered; with them, so many rounds are more than chance needs. */
const ROUNDS = { unnamed: 2, named: 10 } as const;

/** Every instance that should serve has answered a chat, by its own `x-pixtral-instance`. */
export const everyInstanceAnswered: Check = {
  name: 'every instance answered',
  deadlineMs: 90_000,
  advice: 'look up the missing instances in the target group: unhealthy, draining, or never registered?',
  async run(context) {
    const { expectedInstances } = context;
    if (expectedInstances?.length === 0) throw new CheckFailure('no instance is in service');
    const seen = new Map<string, number>();
    const missing = (): string[] => (expectedInstances ?? []).filter((id) => !seen.has(id));
    const rounds = expectedInstances ? ROUNDS.named : ROUNDS.unnamed;
    for (let round = 0; round < rounds && (!expectedInstances || missing().length > 0); round++) {
      for (const id of await askAtOnce(context)) seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    const answered = [...seen].sort().map(([id, count]) => `${id} (${count})`);
    const evidence = `answered: ${answered.join(', ')}`;
    if (missing().length > 0) throw new CheckFailure(`no answer from ${missing().join(', ')}; ${evidence}`);
    return evidence;
  },
};

/** The instances that answered one round of concurrent requests. */
async function askAtOnce({ client, expectedInstances, signal }: CheckContext): Promise<string[]> {
  const count = Math.max(LEAST_REQUESTS, REQUESTS_PER_INSTANCE * (expectedInstances?.length ?? 1));
  const answers = await Promise.allSettled(
    Array.from({ length: count }, () =>
      client.chat.create(
        {
          messages: [{ role: 'user', content: 'Reply with the word "ready".' }],
          max_tokens: 8,
          temperature: 0,
        },
        { signal },
      ),
    ),
  );
  const [failed, ...more] = answers.filter((answer) => answer.status === 'rejected');
  if (failed)
    throw new CheckFailure(
      `${more.length + 1} of ${count} requests at once failed: ${reasonOf(failed.reason)}`,
    );
  const ids = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? [answer.value.response.instanceId] : [],
  );
  if (ids.includes(undefined)) {
    throw new CheckFailure('an answer has no x-pixtral-instance: it did not come through a gateway', {
      advice: 'the endpoint must lead to the fleet’s balancer, not to a model server',
    });
  }
  return ids.filter((id) => id !== undefined);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
