import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTarget, chooseTargetGroup } from '../../src/balancer/target-choice.ts';

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
