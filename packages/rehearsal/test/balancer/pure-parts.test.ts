import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessLog, type AccessRecord } from '../../src/balancer/access-record.ts';
import { errorPage } from '../../src/balancer/error-page.ts';
import {
  endToEndHeaders,
  headerValue,
  requestHeaders,
  traceHeader,
} from '../../src/balancer/forward-headers.ts';
import { INITIAL_HEALTH, nextHealth, type ProbeResult } from '../../src/balancer/health-state.ts';
import { matchAction } from '../../src/balancer/rule-matching.ts';
import { isStatusMatcher, matchesStatus } from '../../src/balancer/status-matcher.ts';
import { chooseTarget, chooseTargetGroup } from '../../src/balancer/target-choice.ts';
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

describe('status matchers', () => {
  it.each([
    ['200', 200, true],
    ['200', 201, false],
    ['200,202', 202, true],
    ['200-299', 299, true],
    ['200-299', 300, false],
    ['200-204, 301', 301, true],
  ])('%s on %i: %s', (matcher, status, expected) => {
    expect(matchesStatus(matcher, status)).toBe(expected);
  });

  it.each(['', 'ok', '200-', '20', '200;202'])('fails on "%s"', (matcher) => {
    expect(isStatusMatcher(matcher)).toBe(false);
  });
});

describe('health', () => {
  const failed: ProbeResult = { passed: false, reason: 'Target.Timeout', description: 'Request timed out' };
  const probes = fc.array(fc.boolean(), { maxLength: 30 });
  const thresholds = fc.record({
    healthyThreshold: fc.integer({ min: 2, max: 10 }),
    unhealthyThreshold: fc.integer({ min: 2, max: 10 }),
  });
  const after = (
    passed: readonly boolean[],
    limits: { healthyThreshold: number; unhealthyThreshold: number },
  ) =>
    passed.reduce((health, ok) => nextHealth(health, ok ? { passed: true } : failed, limits), INITIAL_HEALTH);

  it('is healthy after the first passed check, however many failed before the threshold', () => {
    const limits = { healthyThreshold: 5, unhealthyThreshold: 3 };
    expect(after([], limits).state).toBe('initial');
    expect(after([true], limits).state).toBe('healthy');
    expect(after([false, false, true], limits).state).toBe('healthy');
    expect(after([false, false, false, true], limits).state).toBe('unhealthy');
  });

  it('changes exactly when the last checks in a row reach the threshold', () => {
    fc.assert(
      fc.property(probes, thresholds, (passed, limits) => {
        let model = 'initial';
        let row = 0;
        let last: boolean | undefined;
        for (const ok of passed) {
          row = ok === last ? row + 1 : 1;
          last = ok;
          if (ok && (model === 'initial' || (model === 'unhealthy' && row >= limits.healthyThreshold)))
            model = 'healthy';
          if (!ok && row >= limits.unhealthyThreshold) model = 'unhealthy';
        }
        expect(after(passed, limits).state).toBe(model);
      }),
    );
  });

  it('carries the reason of the last failed check when unhealthy, and none when healthy', () => {
    fc.assert(
      fc.property(probes, thresholds, (passed, limits) => {
        const health = after(passed, limits);
        if (health.state === 'unhealthy') expect(health.reason).toBe('Target.Timeout');
        if (health.state === 'healthy') expect(health.reason).toBeUndefined();
      }),
    );
  });
});

describe('the choice of a target', () => {
  const target = fc.record({ healthy: fc.boolean(), inFlight: fc.nat(20) });
  const algorithm = fc.constantFrom('round_robin', 'least_outstanding_requests', 'weighted_random');
  const options = fc.record({
    targets: fc.array(target, { maxLength: 8 }),
    algorithm,
    minimumHealthyTargets: fc.integer({ min: 1, max: 4 }),
    turn: fc.nat(100),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }).map((value) => () => value),
  });

  it('is one of the targets whenever there is one', () => {
    fc.assert(
      fc.property(options, (choice) => {
        const chosen = chooseTarget(choice);
        if (choice.targets.length === 0) expect(chosen).toBeUndefined();
        else expect(choice.targets).toContain(chosen);
      }),
    );
  });

  it('is healthy whenever enough are healthy, and may be any when too few are', () => {
    fc.assert(
      fc.property(options, (choice) => {
        const enough = choice.targets.filter(({ healthy }) => healthy).length >= choice.minimumHealthyTargets;
        if (enough) expect(chooseTarget(choice)?.healthy).toBe(true);
      }),
    );
  });

  it('is one with the fewest running requests among the eligible', () => {
    fc.assert(
      fc.property(options, (choice) => {
        const chosen = chooseTarget({ ...choice, algorithm: 'least_outstanding_requests' });
        const healthy = choice.targets.filter(({ healthy }) => healthy);
        const eligible = healthy.length >= choice.minimumHealthyTargets ? healthy : choice.targets;
        for (const other of eligible) expect(chosen?.inFlight).toBeLessThanOrEqual(other.inFlight);
      }),
    );
  });

  it('goes round evenly', () => {
    const targets = [0, 1, 2].map((inFlight) => ({ healthy: true, inFlight }));
    const turns = Array.from({ length: 9 }, (_, turn) => turn);
    const chosen = turns.map((turn) =>
      chooseTarget({
        targets,
        algorithm: 'round_robin',
        minimumHealthyTargets: 1,
        turn,
        random: Math.random,
      }),
    );
    for (const each of targets) expect(chosen.filter((one) => one === each)).toHaveLength(3);
  });

  it('splits between groups by weight and never uses a group of weight 0', () => {
    const groups = [
      { arn: 'none', weight: 0 },
      { arn: 'one', weight: 1 },
      { arn: 'three', weight: 3 },
    ];
    expect([0, 0.24, 0.26, 0.99].map((at) => chooseTargetGroup(groups, () => at))).toEqual([
      'one',
      'one',
      'three',
      'three',
    ]);
    expect(chooseTargetGroup([{ arn: 'none', weight: 0 }], () => 0)).toBeUndefined();
  });
});

describe('headers', () => {
  const forward = {
    clientAddress: '10.0.0.9',
    listenerPort: 80,
    preserveHostHeader: false,
    traceId: '1-a-b',
  } as const;

  it('drop what belongs to the connection, also what Connection names', () => {
    const headers = [
      'Connection',
      'close, X-Private',
      'x-private',
      '1',
      'TE',
      'trailers',
      'Accept',
      '*/*',
      'Upgrade',
      'h2c',
    ];
    expect(endToEndHeaders(headers)).toEqual(['Accept', '*/*']);
  });

  it('tell the target about the client', () => {
    const headers = [
      'Host',
      'api.local:4711',
      'X-Forwarded-For',
      '1.2.3.4',
      'X-Forwarded-Proto',
      'https',
      'A',
      '1',
      'a',
      '2',
    ];
    expect(requestHeaders({ ...forward, headers, forwardedForMode: 'append' })).toEqual([
      ...['A', '1', 'a', '2', 'Host', 'api.local', 'X-Forwarded-For', '1.2.3.4, 10.0.0.9'],
      ...['X-Forwarded-Proto', 'http', 'X-Forwarded-Port', '80', 'X-Amzn-Trace-Id', 'Root=1-a-b'],
    ]);
    const kept = requestHeaders({ ...forward, headers, forwardedForMode: 'preserve' });
    expect(headerValue(kept, 'x-forwarded-for')).toBe('1.2.3.4');
    const removed = requestHeaders({ ...forward, headers, forwardedForMode: 'remove' });
    expect(headerValue(removed, 'x-forwarded-for')).toBe('');
    const ported = requestHeaders({ ...forward, headers, forwardedForMode: 'remove', listenerPort: 8081 });
    expect(headerValue(ported, 'host')).toBe('api.local:8081');
  });

  it('keep the root of a trace and renew the hop', () => {
    expect(traceHeader('', 'new')).toBe('Root=new');
    expect(traceHeader('Root=old;CalledFrom=app', 'new')).toBe('Self=new;Root=old;CalledFrom=app');
    expect(traceHeader('Self=before;Root=old', 'new')).toBe('Self=new;Root=old');
  });
});

describe('error pages', () => {
  it('are as long as those that AWS sends', () => {
    expect(errorPage(502).body).toHaveLength(122);
    expect(errorPage(503).body).toHaveLength(162);
    expect(errorPage(504).body).toContain('<head><title>504 Gateway Time-out</title></head>\r\n');
  });
});

describe('the access log', () => {
  it('keeps the latest records in order, whatever came before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), (limit, count) => {
        const log = new AccessLog(limit);
        const records = Array.from({ length: count }, (_, at) => ({ at }) as AccessRecord);
        for (const record of records) log.add(record);
        expect(log.records()).toEqual(records.slice(-limit));
      }),
    );
  });
});
