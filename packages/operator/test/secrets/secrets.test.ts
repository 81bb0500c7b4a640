import { formatApiKeys, parseApiKeys } from '@pixtral-fleet/agent';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHuggingFaceToken } from '../../src/secrets/hugging-face-token.ts';
import { planRotation } from '../../src/secrets/rotate-api-key.ts';

describe('a Hugging Face token', () => {
  const good = `hf_${'aBcDeFgHiJkLmNoPqRsTuVwXyZ01234567'}`;

  it('is taken with the line end that a pipe leaves', () => {
    expect(parseHuggingFaceToken(`${good}\n`)).toBe(good);
  });

  it.each([
    ['', 'no token was given'],
    ['sk-1234567890123456789012345', 'does not begin with hf_'],
    ['hf_abc def', 'holds other characters'],
    ['hf_short', 'looks like a placeholder'],
    [`hf_${'x'.repeat(34)}`, 'looks like a placeholder'],
    ['hf_yourTokenGoesHere0123456789abcdef', 'looks like a placeholder'],
  ])('%j is refused', (text, message) => {
    expect(() => parseHuggingFaceToken(text)).toThrow(message);
  });

  it('is never shown when it is refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{12,40}!$/), (text) => {
        expect(() => parseHuggingFaceToken(`hf_${text}`)).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining(text) }),
        );
      }),
    );
  });
});

describe('replacing the API key', () => {
  it('begins with the new key first and the present one still accepted, and ends with the new one alone', () => {
    const both = planRotation(parseApiKeys('old-key-0123456789'), 'begin', () => 'new-key-0123456789');
    expect(both.map(({ name, key }) => `${name} ${key}`)).toEqual([
      'default new-key-0123456789',
      'default-2 old-key-0123456789',
    ]);
    expect(formatApiKeys(both)).toBe('{"keys":["new-key-0123456789","old-key-0123456789"]}');
    expect(formatApiKeys(planRotation(both, 'finish', () => 'unused'))).toBe('new-key-0123456789');
  });

  it('leaves keys with names alone', () => {
    const team = { name: 'team', key: 'key-of-the-team-1', scopes: ['chat'] as const };
    const both = planRotation(
      [...parseApiKeys('old-key-0123456789'), team],
      'begin',
      () => 'new-key-0123456789',
    );
    expect(both.at(-1)).toEqual(team);
    expect(planRotation(both, 'finish', () => 'x').map(({ name }) => name)).toEqual(['default', 'team']);
    expect(() => planRotation([team], 'begin', () => 'x')).toThrow('every key of the secret has a name');
  });

  it('fails to begin twice: the key of clients that have not changed would be dropped', () => {
    expect(() =>
      planRotation(parseApiKeys('{"keys":["new-key-0123456789","old-key-0123456789"]}'), 'begin', () => 'x'),
    ).toThrow('--finish');
  });

  it('fails to end what was not begun', () => {
    expect(() => planRotation(parseApiKeys('only-key-0123456789'), 'finish', () => 'x')).toThrow(
      'no rotation is under way',
    );
  });
});
