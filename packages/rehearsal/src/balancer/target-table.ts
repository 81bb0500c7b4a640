import type { TargetState, UntimedBalancerEvent } from './balancer-event.ts';
import { BalancerTarget, type TargetObserver } from './balancer-target.ts';
import type {
  LoadBalancerConfig,
  RegisteredTargets,
  TargetGroupConfig,
  TargetId,
} from './load-balancer-config.ts';
import type { TargetAddress } from './probe-target.ts';
import { chooseTarget } from './target-choice.ts';

/** A target as `DescribeTargetHealth` would show it, with its load. */
export interface TargetView {
  readonly targetGroupArn: string;
  readonly id: string;
  readonly port: number;
  readonly state: TargetState;
  /** Reason code of the ELBv2 API; undefined when healthy. */
  readonly reason: string | undefined;
  readonly description: string | undefined;
  /** Requests that it has not finished. */
  readonly inFlight: number;
  /** Requests ever sent to it. */
  readonly total: number;
}

/** States of all targets of a group, by target id. */
export type ReportedHealth = Readonly<
  Record<string, { readonly state: TargetState; readonly reason?: string }>
>;

export interface TargetTableOptions {
  readonly resolve: (target: TargetId) => TargetAddress | undefined;
  readonly emit: (event: UntimedBalancerEvent) => void;
  /** The states of a group's targets have changed. */
  readonly onStates: (targetGroupArn: string, states: ReportedHealth) => void;
  readonly random: () => number;
}

/** All targets of all target groups, kept in step with what is registered. */
export class TargetTable implements TargetObserver {
  readonly #options: TargetTableOptions;
  readonly #groups = new Map<string, Set<BalancerTarget>>();
  readonly #turns = new Map<string, number>();

  constructor(options: TargetTableOptions) {
    this.#options = options;
  }

  /** Registers what is new, drains what has gone, and hands changed settings to what stays. */
  update(config: LoadBalancerConfig, registered: RegisteredTargets): void {
    for (const group of config.targetGroups.values())
      this.#updateGroup(group, registered.get(group.arn) ?? []);
    for (const [arn, targets] of this.#groups) {
      if (!config.targetGroups.has(arn)) for (const target of targets) target.drain();
    }
  }

  /** Picks the target for the next request; undefined when the group has none that is not draining. */
  choose(group: TargetGroupConfig): BalancerTarget | undefined {
    const targets = [...(this.#groups.get(group.arn) ?? [])].filter(({ state }) => state !== 'draining');
    const turn = this.#turns.get(group.arn) ?? 0;
    this.#turns.set(group.arn, turn + 1);
    const { algorithm, minimumHealthyTargets } = group;
    const { random } = this.#options;
    const target = chooseTarget({ targets, algorithm, minimumHealthyTargets, turn, random });
    if (target && !target.healthy) {
      this.#options.emit({
        type: 'failed-open',
        targetGroupArn: group.arn,
        target: { id: target.id, port: target.port },
      });
    }
    return target;
  }

  views(): TargetView[] {
    return [...this.#groups].flatMap(([targetGroupArn, targets]) =>
      [...targets].map(({ id, port, state, reason, description, inFlight, total }) => ({
        ...{ targetGroupArn, id, port, state, reason, description, inFlight, total },
      })),
    );
  }

  anyHealthy(): boolean {
    return [...this.#groups.values()].some((targets) => [...targets].some((target) => target.healthy));
  }

  stop(): void {
    for (const targets of this.#groups.values()) for (const target of targets) target.stop();
  }

  #updateGroup(group: TargetGroupConfig, registered: readonly TargetId[]): void {
    const targets = this.#groups.get(group.arn) ?? new Set<BalancerTarget>();
    this.#groups.set(group.arn, targets);
    const missing = new Map(registered.map((target) => [keyOf(target), target]));
    for (const target of targets) {
      target.group = group;
      if (target.state === 'draining') continue;
      if (!missing.delete(keyOf(target))) target.drain();
    }
    // What is registered again while it drains begins anew as `initial`; its running requests keep their delay.
    for (const target of missing.values()) {
      const { resolve } = this.#options;
      targets.add(new BalancerTarget({ target, group, resolve, observer: this }));
      this.#publish(group.arn);
    }
  }

  stateChanged(target: BalancerTarget, from: TargetState | undefined, to: TargetState | undefined): void {
    const { id, port, reason, description, inFlight } = target;
    const targetGroupArn = target.group.arn;
    if (to === undefined) this.#groups.get(targetGroupArn)?.delete(target);
    const change = { targetGroupArn, target: { id, port }, from, to, reason, description, inFlight };
    this.#options.emit({ type: 'target-state', ...change });
    this.#publish(targetGroupArn);
  }

  drained({ id, port, group }: BalancerTarget): void {
    this.#options.emit({ type: 'target-drained', targetGroupArn: group.arn, target: { id, port } });
  }

  /** Of an id that is there twice, the registered one counts, not the draining one. */
  #publish(targetGroupArn: string): void {
    const targets = [...(this.#groups.get(targetGroupArn) ?? [])];
    const drainingFirst = targets.toSorted(
      (a, b) => Number(b.state === 'draining') - Number(a.state === 'draining'),
    );
    const states = drainingFirst.map(
      ({ id, state, reason }) => [id, reason === undefined ? { state } : { state, reason }] as const,
    );
    this.#options.onStates(targetGroupArn, Object.fromEntries(states));
  }
}

function keyOf(target: TargetId): string {
  return `${target.id}:${target.port}`;
}
