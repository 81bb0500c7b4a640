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
  /** What its agents have published lately; undefined without a group. */
  readonly traffic: TrafficStatus | undefined;
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

/** What a fleet's metrics say; a number is undefined where nothing was published. */
export interface TrafficStatus {
  /** Seconds that `recent` looks back. */
  readonly recentSeconds: number;
  readonly recent: {
    /** A second. */
    readonly requests: number | undefined;
    /** Answered with 429, and those of them that admission refused, by reason. */
    readonly tooMany: number | undefined;
    readonly refusals: { readonly late: number; readonly overdue: number; readonly full: number } | undefined;
    readonly serverErrors: number | undefined;
    /** Milliseconds, of streams: the slowest minute's. */
    readonly firstTokenP95: number | undefined;
    /** Of answers, written by all instances in a second. */
    readonly tokens: number | undefined;
    /** Of one instance: its average, and the most. */
    readonly inFlight: Range | undefined;
    readonly imageTokenBacklog: Range | undefined;
    /** Seconds until there is a place. */
    readonly backlog: Range | undefined;
    /** Percent. */
    readonly load: Range | undefined;
    readonly kvCache: Range | undefined;
  };
  readonly eventHours: number;
  /** How often it happened in these hours. */
  readonly events: {
    readonly gateFailed: number;
    readonly bootFailed: number;
    readonly engineRestarts: number;
    /** Of those, for model servers that made no progress. */
    readonly engineHangs: number;
    /** Instances that have drained, and the requests that their drains cut. */
    readonly drains: number;
    readonly drainCutRequests: number;
    /** Percent of the questions that the worst gate had right; undefined where none was held. */
    readonly worstGate: number | undefined;
    /** Seconds of the slowest boot. */
    readonly slowestBoot: number | undefined;
  };
}

export interface Range {
  readonly average: number;
  readonly most: number;
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
