import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApiKey,
  findFullKeys,
  formatApiKeys,
  KEY_SCOPES,
  parseApiKeys,
} from '../../src/config/api-keys.ts';

const KEY = 'a-key-of-24-characters-1';

describe('the secret', () => {
  it('may be a plain key', () => {
    expect(parseApiKeys(` ${KEY}\n`)).toEqual([{ name: 'default', key: KEY, scopes: KEY_SCOPES }]);
  });

  it('may hold plain and named keys', () => {
    const named = {
      name: 'team-a',
      key: `${KEY}3`,
      scopes: ['chat'],
      requestsPerMinute: 60,
      imageTokensPerMinute: 100_000,
      expires: '2027-01-01T00:00:00Z',
      created: '2026-11-28T04:00:00Z',
    };
    expect(
      parseApiKeys(JSON.stringify({ keys: [`${KEY}1`, named, `${KEY}2`, { name: 'b', key: `${KEY}4` }] })),
    ).toEqual([
      { name: 'default', key: `${KEY}1`, scopes: KEY_SCOPES },
      named,
      { name: 'default-2', key: `${KEY}2`, scopes: KEY_SCOPES },
      { name: 'b', key: `${KEY}4`, scopes: KEY_SCOPES },
    ]);
  });

  it.each([
    ['{"keys": []}', ' (at keys)'],
    ['{"keys": ["too-short"]}', ' (at keys.0)'],
    [JSON.stringify({ keys: [{ name: 'team', key: KEY, scope: ['chat'] }] }), ' (at keys.0)'],
    [JSON.stringify({ keys: [{ name: 'Team', key: KEY }] }), ' (at keys.0.name)'],
    [JSON.stringify({ keys: [{ name: 'default', key: KEY }] }), ' (at keys.0.name)'],
    [JSON.stringify({ keys: [{ name: 'team', key: KEY, scopes: ['admin'] }] }), ' (at keys.0)'],
    [
      JSON.stringify({ keys: [{ name: 'team', key: KEY, requestsPerMinute: 0 }] }),
      ' (at keys.0.requestsPerMinute)',
    ],
    [JSON.stringify({ keys: [{ name: 'team', key: KEY, expires: '2027' }] }), ' (at keys.0.expires)'],
    ['{"keys": ', ''],
  ])('may not be %s, and is not shown', (text, at) => {
    expect(() => parseApiKeys(text)).toThrow(
      expect.objectContaining({
        message: `the API key secret begins like JSON but is not {"keys": ["…", {"name": "…", "key": "…"}]} with keys of at least 16 characters${at}; see docs/security.md`,
      }),
    );
  });

  it('may not hold a name or a key twice', () => {
    const twice = (change: object) =>
      JSON.stringify({
        keys: [
          { name: 'a', key: KEY },
          { name: 'b', key: `${KEY}2`, ...change },
        ],
      });
    expect(() => parseApiKeys(twice({ name: 'a' }))).toThrow('the API key secret holds a name twice');
    expect(() => parseApiKeys(twice({ key: KEY }))).toThrow('the API key secret holds a key twice');
  });

  it('is never shown by what refuses it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{8,15}$/), (secret) => {
        for (const text of [
          secret,
          `{"keys":["${secret}"]}`,
          `{"${secret}":1}`,
          `{"keys":[{"${secret}":"${secret}"}]}`,
        ]) {
          expect(() => parseApiKeys(text)).toThrow(
            expect.objectContaining({ message: expect.not.stringContaining(secret) }),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is read as it was written', () => {
    const entry = fc.record({
      key: fc.stringMatching(/^[a-zA-Z0-9]{16,48}$/),
      scopes: fc.constantFrom<ApiKey['scopes']>(['chat'], ['models'], ['chat', 'models']),
      requestsPerMinute: fc.integer({ min: 1, max: 1_000_000 }),
      plain: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(entry, { minLength: 1, maxLength: 8, selector: ({ key }) => key }),
        (entries) => {
          const document = entries.map(({ plain, ...key }, index) =>
            plain ? key.key : { ...key, name: `k${index}` },
          );
          const keys = parseApiKeys(JSON.stringify({ keys: document }));
          expect(parseApiKeys(formatApiKeys(keys))).toEqual(keys);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it("the stack's own checks use a key with all scopes, unlimited rather than limited, and none that has expired", () => {
  const now = new Date('2026-11-28T00:00:00Z');
  const keys: readonly ApiKey[] = [
    { name: 'old', key: `${KEY}1`, scopes: KEY_SCOPES, expires: '2026-11-28T00:00:00Z' },
    { name: 'limited', key: `${KEY}2`, scopes: KEY_SCOPES, requestsPerMinute: 1 },
    { name: 'narrow', key: `${KEY}3`, scopes: ['chat'] },
    { name: 'free', key: `${KEY}4`, scopes: KEY_SCOPES, expires: '2026-11-28T00:00:01Z' },
  ];
  expect(findFullKeys(keys, now).map(({ name }) => name)).toEqual(['free', 'limited']);
});
