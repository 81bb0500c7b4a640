import type { ReportedAnswer } from './rehearsal-report.ts';

/** What the HTML report shows beyond `report.json`. All times are milliseconds since `startedAt`. */
export interface RehearsalDetails {
  /** When the rehearsal began, ISO 8601. */
  readonly startedAt: string;
  readonly phases: readonly TimedPhase[];
  readonly instances: readonly InstanceTimeline[];
  /** Changes that the load balancer saw, in order. */
  readonly targetStates: readonly TargetStateChange[];
  /** Every picture that an instance was asked about, in order. */
  readonly pictures: readonly AskedPicture[];
  /** Empty without a drill. */
  readonly requests: readonly DrillRequest[];
  readonly drillEvents: readonly DrillMoment[];
  /** What was done to the fleet meanwhile. @default 'drill' */
  readonly underLoad?: 'drill' | 'update';
  /** Absent when nothing failed. */
  readonly failure?: RehearsalFailure | undefined;
}

/** A step of the rehearsal. */
export interface TimedPhase {
  readonly name: string;
  readonly startMs: number;
  readonly ms: number;
  readonly ok: boolean;
}

export interface InstanceTimeline {
  readonly id: string;
  /** Instance type that it plays. @default - not shown */
  readonly type?: string | undefined;
  /** Boot phases, and whatever came later, such as a restart of the model server. */
  readonly phases: readonly { readonly name: string; readonly startMs: number; readonly ms: number }[];
}

export interface TargetStateChange {
  readonly atMs: number;
  readonly instanceId: string;
  /** State that it came into, or `gone` when its deregistration delay had ended. */
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'gone';
}

export interface AskedPicture extends ReportedAnswer {
  readonly instanceId: string;
  readonly ms: number;
  /** PNG as base64. */
  readonly picture: string;
}

export interface DrillRequest {
  readonly id: string | number;
  readonly startMs: number;
  readonly endMs: number;
  /** Absent when no instance had answered yet. */
  readonly instanceId?: string | undefined;
  readonly outcome: 'completed' | 'errored-clearly' | 'truncated-silently';
  /** Arrival of each piece of the answer. @default - not drawn */
  readonly chunksMs?: readonly number[] | undefined;
  /** What the client said of a stream that did not complete. */
  readonly error?: string | undefined;
}

/** Something done to the fleet, or seen of it, under load. */
export interface DrillMoment {
  readonly atMs: number;
  readonly kind:
    | 'terminate'
    | 'drained'
    | 'replaced'
    | 'kill'
    | 'target-out'
    | 'target-back'
    | 'gate-passed-again';
  readonly instanceId: string;
}

export interface RehearsalFailure {
  /** Phase in which it failed. */
  readonly step: string;
  readonly reason: string;
  /** File that tells more. */
  readonly log?: string | undefined;
}
