import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BootReport } from '@pixtral-fleet/agent';
import type { AwsClients } from '../cloud/aws-clients.ts';
import { REHEARSAL_ACCOUNT } from '../cloud/cdk.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import { describeGroup, type GroupInstance, type GroupView } from './auto-scaling-view.ts';
import type { BootInstance, FleetInstance } from './fleet-instance.ts';
import { LocalInstance } from './local-instance.ts';
import { readUserData } from './user-data.ts';

const POLL_MS = 250;

export interface LocalFleetOptions {
  readonly clients: AwsClients;
  readonly directory: RunDirectory;
  readonly endpointUrl: string;
  readonly region: string;
  /** How an instance is made. @default - a process with a folder of its own */
  readonly boot?: BootInstance | undefined;
  readonly onChange?: (group: GroupView) => void;
}

/** Everything known of an instance, also after it has gone. */
export interface InstanceHistory {
  readonly id: string;
  readonly type: string;
  readonly logFile: string;
  /** `performance.now()` at the start of its user data. */
  readonly startedAt: number;
  readonly report: BootReport | undefined;
}

/**
 * Plays EC2: starts a local instance for each one that the emulated Auto Scaling group holds, and ends it when the
 * group no longer does.
 */
export class LocalFleet {
  readonly #options: LocalFleetOptions;
  readonly #running = new Map<string, FleetInstance>();
  readonly #started: FleetInstance[] = [];
  readonly #history = new Map<string, InstanceHistory>();
  readonly #stopped = new AbortController();
  #group: GroupView | undefined;
  #watching: Promise<void> | undefined;

  constructor(options: LocalFleetOptions) {
    this.#options = options;
  }

  /** Begins to follow the group. The promise rejects when that is no longer possible (the emulator has gone). */
  watch(): Promise<void> {
    this.#watching ??= this.#follow();
    return this.#watching;
  }

  get group(): GroupView | undefined {
    return this.#group;
  }

  instances(): readonly FleetInstance[] {
    return [...this.#running.values()];
  }

  /** Also those that have ended since. */
  everStarted(): readonly FleetInstance[] {
    return this.#started;
  }

  instance(id: string): FleetInstance | undefined {
    return this.#running.get(id);
  }

  inService(): readonly GroupInstance[] {
    return this.#group?.instances.filter((instance) => instance.lifecycleState === 'InService') ?? [];
  }

  /** Where the balancer finds the process that plays an instance. */
  resolveTarget(id: string): { readonly host: string; readonly port: number } | undefined {
    const instance = this.#running.get(id);
    return instance && { host: instance.gatewayHost, port: instance.gatewayPort };
  }

  /** Boot reports of all instances that there ever were, in the order of their start. */
  async history(): Promise<readonly InstanceHistory[]> {
    for (const instance of this.#running.values()) await this.#remember(instance);
    return [...this.#history.values()];
  }

  /** Ends all instances and stops following the group. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching?.catch(() => undefined);
    await Promise.all([...this.#running.values()].map((instance) => this.#end(instance)));
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const group = await describeGroup(this.#options.clients.autoScaling);
      if (signal.aborted) return;
      this.#group = group ?? (this.#group && { ...this.#group, desiredCapacity: 0, instances: [] });
      if (this.#group) {
        await this.#reconcile(this.#group);
        this.#options.onChange?.(this.#group);
      }
      await sleep(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #reconcile(group: GroupView): Promise<void> {
    const held = new Map(group.instances.map((instance) => [instance.id, instance]));
    for (const instance of this.#running.values()) {
      if (!held.has(instance.id)) await this.#end(instance);
    }
    for (const instance of held.values()) {
      if (!this.#history.has(instance.id) && instance.lifecycleState.startsWith('Pending'))
        await this.#boot(instance);
    }
  }

  async #boot(instance: GroupInstance): Promise<void> {
    const { clients, directory, endpointUrl, region, boot = LocalInstance.boot } = this.#options;
    const userData = await readUserData(clients.ec2, instance);
    const logFile = join(directory.logs, `${instance.id}.log`);
    const local = await boot(
      {
        instance,
        userData,
        root: join(directory.instances, instance.id),
        logFile,
        endpointUrl,
        region,
        accountId: REHEARSAL_ACCOUNT,
      },
      () => this.#group?.instances.find(({ id }) => id === instance.id)?.lifecycleState ?? 'Terminated',
    );
    this.#running.set(instance.id, local);
    this.#started.push(local);
    this.#history.set(instance.id, {
      id: instance.id,
      type: instance.type,
      logFile,
      startedAt: local.startedAt,
      report: undefined,
    });
  }

  async #end(instance: FleetInstance): Promise<void> {
    await this.#remember(instance);
    this.#running.delete(instance.id);
    await instance.terminate();
  }

  async #remember(instance: FleetInstance): Promise<void> {
    const known = this.#history.get(instance.id);
    const report = await instance.bootReport();
    if (known) this.#history.set(instance.id, { ...known, report: report ?? known.report });
  }
}
