import { type ApiKey, parseApiKeys } from '@pixtral-fleet/agent';
import { describe, expect, it } from 'vitest';
import { planAddition, planRevocation } from '../../src/secrets/named-keys.ts';

const NOW = new Date('2026-11-28T00:00:00Z');
const generated = parseApiKeys('generated-by-the-stack');
const team: ApiKey = { name: 'team', key: 'key-of-the-team-1', scopes: ['chat'], requestsPerMinute: 60 };

describe('adding a key', () => {
  it('leaves the others as they are', () => {
    expect(planAddition(generated, team)).toEqual([...generated, team]);
  });

  it.each<readonly [string, Partial<ApiKey>, string]>([
    ['a name twice', { name: 'team' }, 'there is a key "team" already'],
    [
      'a name of keys without one',
      { name: 'default-7' },
      '"default-7" is what keys without a name are called',
    ],
    ['a name with spaces', { name: 'my team' }, 'instances would not take the key "my team"'],
    ['no scope', { name: 'b', scopes: [] }, 'instances would not take the key "b"'],
    [
      'too few image tokens',
      { name: 'b', imageTokensPerMinute: 100 },
      'instances would not take the key "b"',
    ],
    ['a date that is none', { name: 'b', expires: 'tomorrow' }, 'instances would not take the key "b"'],
  ])('fails for %s, without showing the key', (_what, change, message) => {
    const added = { ...team, key: 'another-secret-key-1', ...change };
    expect(() => planAddition([...generated, team], added)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
    expect(() => planAddition([...generated, team], added)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('another-secret') }),
    );
  });

  it('fails when the secret would be too large', () => {
    const many = Array.from({ length: 700 }, (_, index) => ({
      ...team,
      name: `team-${index}`,
      key: `${'k'.repeat(48)}${index}`,
    }));
    expect(() => planAddition([...generated, ...many], team)).toThrow('the secret holds at most 65536 bytes');
  });
});

describe('revoking a key', () => {
  it('takes it out', () => {
    expect(planRevocation([...generated, team], 'team', NOW)).toEqual(generated);
  });

  it('fails for one that is not there', () => {
    expect(() => planRevocation([...generated, team], 'theirs', NOW)).toThrow(
      'there is no key "theirs"; there are: default, team',
    );
  });

  it('fails for the last one with all scopes: the verification would have none', () => {
    expect(() => planRevocation([...generated, team], 'default', NOW)).toThrow(
      '"default" is the last key with all scopes',
    );
    const expired: ApiKey = {
      ...team,
      name: 'b',
      scopes: ['chat', 'models'],
      expires: '2026-11-27T00:00:00Z',
    };
    expect(() => planRevocation([...generated, expired], 'default', NOW)).toThrow('add another one first');
  });
});
