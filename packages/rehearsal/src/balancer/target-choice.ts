import type { BalancingAlgorithm, WeightedTargetGroup } from './load-balancer-config.ts';

/** What the choice depends on. Draining targets are not among the candidates. */
export interface Candidate {
  readonly healthy: boolean;
  /** Requests that the target has not finished. */
  readonly inFlight: number;
}

export interface ChoiceOptions<T extends Candidate> {
  readonly targets: readonly T[];
  readonly algorithm: BalancingAlgorithm;
  /** With fewer healthy targets the group fails open: all targets are used, whatever their health. */
  readonly minimumHealthyTargets: number;
  /** How many choices were made before; turns the round. */
  readonly turn: number;
  /** At least 0, below 1. */
  readonly random: () => number;
}

/** The target for the next request, or undefined when there is none at all. */
export function chooseTarget<T extends Candidate>(options: ChoiceOptions<T>): T | undefined {
  const eligible = eligibleTargets(options.targets, options.minimumHealthyTargets);
  if (eligible.length === 0) return undefined;
  switch (options.algorithm) {
    case 'round_robin':
      return eligible[options.turn % eligible.length];
    case 'least_outstanding_requests': {
      const fewest = Math.min(...eligible.map((target) => target.inFlight));
      const idlest = eligible.filter((target) => target.inFlight === fewest);
      return idlest[options.turn % idlest.length];
    }
    case 'weighted_random':
      return eligible[Math.floor(options.random() * eligible.length)];
  }
}

/** The healthy targets, or all of them when too few are healthy ("fails open"). */
function eligibleTargets<T extends Candidate>(
  targets: readonly T[],
  minimumHealthyTargets: number,
): readonly T[] {
  const healthy = targets.filter((target) => target.healthy);
  return healthy.length >= Math.max(1, minimumHealthyTargets) ? healthy : targets;
}

/** Splits requests between the groups of one forward action by their weights; undefined when no weight is above 0. */
export function chooseTargetGroup(
  groups: readonly WeightedTargetGroup[],
  random: () => number,
): string | undefined {
  const total = groups.reduce((sum, group) => sum + group.weight, 0);
  let point = random() * total;
  for (const group of groups) {
    if (group.weight <= 0) continue;
    if (point < group.weight) return group.arn;
    point -= group.weight;
  }
  return undefined;
}
