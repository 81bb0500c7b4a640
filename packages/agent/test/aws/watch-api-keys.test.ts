import { expect, it } from 'vitest';
import { watchApiKeys } from '../../src/aws/watch-api-keys.ts';

it('takes over a key that was replaced, survives a secret that cannot be read, and ends with its signal', async () => {
  const ended = new AbortController();
  const secret = [['old'], new Error('throttled'), ['new', 'old'], ['new']];
  const seen: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const watching = watchApiKeys<readonly string[]>({
    everyMs: 1,
    signal: ended.signal,
    read: async () => {
      const value = secret.shift();
      if (value instanceof Error) throw value;
      if (!value) throw new Error('read too often');
      if (secret.length === 0) ended.abort();
      return value;
    },
    onKeys: (keys) => seen.push(keys),
    onError: (error) => errors.push(error),
  });
  await watching;
  expect(seen).toEqual([['old'], ['new', 'old'], ['new']]);
  expect(errors).toEqual([expect.objectContaining({ message: 'throttled' })]);
});
