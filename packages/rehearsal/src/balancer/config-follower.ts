import { setTimeout as sleep } from 'node:timers/promises';
import { BalancerConfigError } from './balancer-config-error.ts';
import type { UntimedBalancerEvent } from './balancer-event.ts';
import type { LoadBalancerConfig, RegisteredTargets } from './load-balancer-config.ts';
import type { LoadBalancerReader } from './load-balancer-reader.ts';

/** Settings change rarely and take six calls to read; what is registered changes often and takes one. */
const POLLS_PER_CONFIG = 5;

export interface ConfigFollowerOptions {
  readonly reader: LoadBalancerReader;
  readonly pollMs: number;
  readonly emit: (event: UntimedBalancerEvent) => void;
  readonly onConfig: (config: LoadBalancerConfig, registered: RegisteredTargets) => void;
  readonly onConfigError: (error: BalancerConfigError) => void;
}

/** Polls the load balancer's description. When it cannot be read, the last known one stays in force. */
export class ConfigFollower {
  readonly #options: ConfigFollowerOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #config: LoadBalancerConfig | undefined;
  #problem = '';

  constructor(options: ConfigFollowerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    for (let poll = 0; !signal.aborted; poll++) {
      // While the stack is being made, every look is a whole one: rules come after the listener.
      await this.#look(poll % POLLS_PER_CONFIG === 0 || !this.#config?.targetGroups.size);
      await sleep(this.#options.pollMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #look(whole: boolean): Promise<void> {
    const { reader, emit } = this.#options;
    try {
      const config = whole ? await reader.readConfig() : this.#config;
      if (!config) return;
      const registered = await reader.readTargets(config);
      if (this.#stopped.signal.aborted) return;
      if (config.arn !== this.#config?.arn)
        emit({ type: 'load-balancer', arn: config.arn, dnsName: config.dnsName });
      this.#config = config;
      this.#problem = '';
      this.#options.onConfig(config, registered);
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#tell(error);
    }
  }

  /** Says a problem once, not at every poll. */
  #tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.#problem) return;
    this.#problem = message;
    if (error instanceof BalancerConfigError) {
      this.#config = undefined;
      this.#options.emit({ type: 'config-error', message });
      this.#options.onConfigError(error);
    } else {
      this.#options.emit({ type: 'read-failed', message });
    }
  }
}
