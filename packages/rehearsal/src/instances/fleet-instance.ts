import type { BootReport } from '@pixtral-fleet/agent';
import type { GroupInstance } from './auto-scaling-view.ts';

export interface InstanceOptions {
  readonly instance: GroupInstance;
  readonly userData: string;
  /** Folder that plays the machine's `/`. */
  readonly root: string;
  /** Gets what it prints. */
  readonly logFile: string;
  readonly endpointUrl: string;
  readonly region: string;
  readonly accountId: string;
}

/** What plays an EC2 instance. */
export interface FleetInstance {
  readonly id: string;
  readonly type: string;
  readonly logFile: string;
  readonly gatewayHost: string;
  readonly gatewayPort: number;
  /** `performance.now()` at its start. */
  readonly startedAt: number;
  /** Exit code of what plays it; null when a signal ended it, undefined while it runs. */
  readonly exitCode: number | null | undefined;
  readonly pid: number;
  /** Of the model server itself. */
  readonly engineSocket: string;
  /** The agent's own account of its boot, or undefined as long as there is none. */
  bootReport(): Promise<BootReport | undefined>;
  /** Ends the machine as EC2 does: nothing of it is left, neither processes nor mounts. */
  terminate(graceMs?: number): Promise<void>;
}

/** @param lifecycleState the group's current state of this instance, asked at each metadata request. */
export type BootInstance = (options: InstanceOptions, lifecycleState: () => string) => Promise<FleetInstance>;
