import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchAction } from '../../src/balancer/rule-matching.ts';
import { matchesWildcard } from '../../src/balancer/wildcard-pattern.ts';

describe('wildcard patterns', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });

  it('match what the equal regular expression matches', () => {
    fc.assert(
      fc.property(pattern, text, (wanted, got) => {
        const regexp = new RegExp(`^${wanted.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(wanted, got)).toBe(regexp.test(got));
      }),
      { numRuns: 2000 },
    );
  });

  it('take no exponential time', () => {
    expect(matchesWildcard(`${'*a'.repeat(40)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

describe('rules', () => {
  const fixed = (statusCode: number) =>
    ({ type: 'fixed-response', statusCode, contentType: 'text/plain', body: '' }) as const;
  const listener = {
    arn: 'listener',
    port: 80,
    protocol: 'HTTP',
    rules: [
      {
        arn: 'a',
        priority: 1,
        conditions: [
          { field: 'path-pattern', values: ['/img/*', '/v?/models'] },
          { field: 'http-request-method', values: ['GET'] },
        ],
        action: fixed(201),
      },
      {
        arn: 'b',
        priority: 2,
        conditions: [{ field: 'host-header', values: ['*.Example.com'] }],
        action: fixed(202),
      },
    ],
    defaultAction: fixed(404),
  } as const;
  const status = (method: string, url: string, host = 'x') => {
    const action = matchAction(listener, { method, url, host });
    return action.type === 'fixed-response' ? action.statusCode : undefined;
  };

  it.each([
    ['GET', '/img/a/b', 'x', 201],
    ['GET', '/v1/models?x=/img/', 'x', 201],
    ['GET', 'http://h/v1/models', 'x', 201],
    ['POST', '/v1/models', 'x', 404],
    ['GET', '/V1/models', 'x', 404],
    ['GET', '/other?path=/img/x', 'x', 404],
    ['GET', '/v12/models', 'x', 404],
    ['POST', '/', 'API.example.com:8080', 202],
    ['POST', '/', 'example.com', 404],
  ])('%s %s on %s gives %i', (method, url, host, expected) => {
    expect(status(method, url, host)).toBe(expected);
  });
});
