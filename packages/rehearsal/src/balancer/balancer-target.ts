import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetState } from './balancer-event.ts';
import { type HealthState, INITIAL_HEALTH, nextHealth } from './health-state.ts';
import type { TargetGroupConfig, TargetId } from './load-balancer-config.ts';
import { probeTarget, type TargetAddress } from './probe-target.ts';

/** A request that a target works on. */
export interface RunningRequest {
  /** Ends it because the deregistration delay has ended. */
  cut(): void;
}

export interface TargetOptions {
  readonly target: TargetId;
  readonly group: TargetGroupConfig;
  readonly resolve: (target: TargetId) => TargetAddress | undefined;
  readonly observer: TargetObserver;
}

/** Who is told what becomes of a target. */
export interface TargetObserver {
  /** `from` is undefined at registration, `to` when the deregistration delay has ended. */
  stateChanged(target: BalancerTarget, from: TargetState | undefined, to: TargetState | undefined): void;
  /** A draining target has finished its last request. */
  drained(target: BalancerTarget): void;
}

/** A registered target: its health checks, its running requests, and its drain once it has been deregistered. */
export class BalancerTarget {
  readonly id: string;
  readonly port: number;
  /** Replaced when the target group is changed. */
  group: TargetGroupConfig;
  readonly #options: TargetOptions;
  readonly #stopped = new AbortController();
  readonly #running = new Set<RunningRequest>();
  #health: HealthState = INITIAL_HEALTH;
  #drainTimer: NodeJS.Timeout | undefined;
  #total = 0;

  constructor(options: TargetOptions) {
    this.id = options.target.id;
    this.port = options.target.port;
    this.group = options.group;
    this.#options = options;
    options.observer.stateChanged(this, undefined, 'initial');
    void this.#check();
  }

  get state(): TargetState {
    return this.#drainTimer ? 'draining' : this.#health.state;
  }

  get reason(): string | undefined {
    return this.#drainTimer ? 'Target.DeregistrationInProgress' : this.#health.reason;
  }

  get description(): string | undefined {
    return this.#drainTimer ? 'Target deregistration is in progress' : this.#health.description;
  }

  get healthy(): boolean {
    return this.state === 'healthy';
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** Requests ever sent to it. */
  get total(): number {
    return this.#total;
  }

  address(): TargetAddress | undefined {
    return this.#options.resolve({ id: this.id, port: this.port });
  }

  begin(request: RunningRequest): void {
    this.#total++;
    this.#running.add(request);
  }

  end(request: RunningRequest): void {
    if (this.#running.delete(request) && this.#drainTimer && this.#running.size === 0)
      this.#options.observer.drained(this);
  }

  /** Deregistered: gets nothing new; what runs has the deregistration delay to end, then it is cut. */
  drain(): void {
    if (this.#drainTimer) return;
    const from = this.state;
    this.#stopped.abort();
    this.#drainTimer = setTimeout(() => this.#remove(), this.group.deregistrationDelaySeconds * 1000);
    this.#drainTimer.unref();
    this.#options.observer.stateChanged(this, from, 'draining');
    if (this.#running.size === 0) this.#options.observer.drained(this);
  }

  /** Ends health checks and timers at once, without a word. */
  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#drainTimer);
    for (const request of this.#running) request.cut();
  }

  #remove(): void {
    for (const request of [...this.#running]) request.cut();
    this.#options.observer.stateChanged(this, 'draining', undefined);
  }

  async #check(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const check = this.group.healthCheck;
      const began = performance.now();
      const address = this.address();
      const at =
        address && check.port !== undefined
          ? this.#options.resolve({ id: this.id, port: check.port })
          : address;
      const probe = await probeTarget(at, check, signal);
      if (signal.aborted) return;
      const from = this.#health.state;
      this.#health = nextHealth(this.#health, probe, check);
      if (this.#health.state !== from) this.#options.observer.stateChanged(this, from, this.#health.state);
      const wait = check.intervalSeconds * 1000 - (performance.now() - began);
      // An abort ends the wait early; the loop's condition then ends the loop.
      await sleep(Math.max(0, wait), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
