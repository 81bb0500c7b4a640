import { expect, it } from 'vitest';
import { parseApiKeys } from '../../../src/config/api-keys.ts';
import { KeyCheck } from '../../../src/gateway/keys/key-check.ts';

it('asks clients to come again, and calls no key wrong, before it has read the keys', () => {
  let keys: ReturnType<typeof parseApiKeys> = [];
  const check = new KeyCheck({ apiKeys: () => keys });
  const headers = { authorization: 'Bearer a-key-that-is-long-enough-0123456789' };
  expect(() => check.check(headers, '/v1/models')).toThrow(
    expect.objectContaining({
      status: 503,
      retryAfterSeconds: 1,
      message: 'this instance does not serve now: it has not read its keys yet',
    }),
  );
  keys = parseApiKeys('another-key-that-is-long-enough-0123456789');
  expect(() => check.check(headers, '/v1/models')).toThrow(expect.objectContaining({ status: 401 }));
});
