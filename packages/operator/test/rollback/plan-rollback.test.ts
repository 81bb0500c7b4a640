import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKey } from '../../src/rollback/deployment-history.ts';
import { planRollback, type RollbackFacts } from '../../src/rollback/plan-rollback.ts';

describe('rolling back', () => {
  it('goes to the template before the present one', () => {
    expect(plan({ history: 'cba', current: 'c' })).toEqual({
      kind: 'redeploy',
      deployment: deployment('b', 1),
    });
  });

  it('goes back, never forward: twice is two versions back', () => {
    expect(plan({ history: 'cba', current: 'b' })).toEqual({
      kind: 'redeploy',
      deployment: deployment('a', 0),
    });
    expect(plan({ history: 'cba', current: 'a' }).kind).toBe('refuse');
  });

  it('takes the newest recorded one when the present one was deployed without this command', () => {
    expect(plan({ history: 'ba', current: 'x' })).toEqual({
      kind: 'redeploy',
      deployment: deployment('b', 1),
    });
  });

  it.each([
    ['UPDATE_IN_PROGRESS', 'cancel-update'],
    ['UPDATE_ROLLBACK_FAILED', 'continue-rollback'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'refuse'],
    ['CREATE_IN_PROGRESS', 'refuse'],
    ['ROLLBACK_COMPLETE', 'refuse'],
    ['UPDATE_ROLLBACK_COMPLETE', 'redeploy'],
    ['CREATE_COMPLETE', 'redeploy'],
  ])('of a stack in %s is %s', (stackStatus, kind) => {
    expect(plan({ history: 'ba', current: 'b', stackStatus }).kind).toBe(kind);
  });

  it('takes back a replacement of instances that runs outside of an update', () => {
    const refresh = { id: 'r', status: 'InProgress', percent: 10, reason: undefined };
    expect(plan({ history: 'ba', current: 'b', refresh })).toEqual({
      kind: 'rollback-refresh',
      refreshId: 'r',
    });
    expect(plan({ history: 'ba', current: 'b', refresh: { ...refresh, status: 'Successful' } }).kind).toBe(
      'redeploy',
    );
  });

  it('never deploys what is deployed already', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-d]{0,6}$/),
        fc.constantFrom('a', 'b', 'c', 'd'),
        (history, current) => {
          const step = plan({ history, current });
          if (step.kind === 'redeploy') expect(step.deployment.sha256).not.toBe(current);
        },
      ),
    );
  });
});

describe('the name of a recorded template', () => {
  it('tells when it was deployed and what it is', () => {
    const sha256 = 'a'.repeat(64);
    const key = `deployments/20260102T030405678Z-${sha256}.json`;
    expect(parseKey('b', key)).toEqual({ bucket: 'b', key, at: '2026-01-02T03:04:05.678Z', sha256 });
    expect(parseKey('b', 'deployments/notes.txt')).toBeUndefined();
  });
});

function plan(options: {
  readonly history: string;
  readonly current: string;
  readonly stackStatus?: string;
  readonly refresh?: RollbackFacts['refresh'];
}) {
  const { history, current, stackStatus = 'UPDATE_COMPLETE', refresh } = options;
  const deployments = [...history].map((name, index) => deployment(name, history.length - 1 - index));
  return planRollback({ stackStatus, refresh, deployments, currentSha256: current });
}

function deployment(sha256: string, at: number) {
  return { bucket: 'b', key: `${at}-${sha256}`, at: `2026-01-0${at + 1}`, sha256 };
}
