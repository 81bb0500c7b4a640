/** How a fleet stands: the JSON of `pixtral status --json`. */
export interface FleetStatus {
  readonly version: 1;
  /** Nothing in `problems`. */
  readonly ok: boolean;
  /** What is not as it should be, the worst first, one sentence each. */
  readonly problems: readonly string[];
  readonly stack: {
    readonly name: string;
    readonly region: string;
    readonly status: string;
    readonly reason: string | undefined;
    /** ISO 8601. */
    readonly changedAt: string | undefined;
  };
  readonly endpointUrl: string | undefined;
  readonly servedModelName: string | undefined;
  readonly group: GroupStatus | undefined;
  readonly instances: readonly InstanceStatus[];
  readonly refresh: RefreshStatus | undefined;
  /** Newest first. */
  readonly activities: readonly ActivityStatus[];
  readonly alarms: readonly AlarmStatus[];
}

export interface GroupStatus {
  readonly name: string;
  readonly min: number;
  readonly desired: number;
  readonly max: number;
  /** Version of the launch template that new instances get. */
  readonly launchTemplateVersion: string | undefined;
}

export interface InstanceStatus {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly lifecycleState: string;
  readonly launchTemplateVersion: string;
  /** Whether that is the version that new instances get. */
  readonly current: boolean;
  readonly purchase: 'on-demand' | 'spot';
  /** What it is doing: `booting`, the last boot phase, `in-service`, `refused`, `draining`. */
  readonly phase: string;
  /** From the start of the agent to service; undefined until then. */
  readonly bootSeconds: number | undefined;
  readonly gate: { readonly right: number; readonly asked: number } | undefined;
  /** Why it refused to serve, or how its model server last died. */
  readonly reason: string | undefined;
  /** Percent of what it can hold; undefined when nothing is published. */
  readonly load: number | undefined;
  /** The balancer's word: `healthy`, `unhealthy`, `initial`, `draining`, `unused`. */
  readonly targetHealth: string | undefined;
  /** AWS is about to take this Spot instance back. */
  readonly spotNotice: boolean;
}

export interface RefreshStatus {
  readonly id: string;
  readonly status: string;
  readonly percent: number;
  readonly reason: string | undefined;
}

export interface ActivityStatus {
  /** ISO 8601. */
  readonly at: string;
  readonly status: string;
  readonly description: string;
  readonly message: string | undefined;
}

export interface AlarmStatus {
  readonly name: string;
  readonly reason: string | undefined;
  /** ISO 8601. */
  readonly since: string | undefined;
}

/** States of an instance refresh that is not over. */
const REFRESHING: ReadonlySet<string> = new Set([
  'Pending',
  'InProgress',
  'Cancelling',
  'RollbackInProgress',
  'Baking',
]);

export function isRefreshing(refresh: RefreshStatus | undefined): boolean {
  return refresh !== undefined && REFRESHING.has(refresh.status);
}
