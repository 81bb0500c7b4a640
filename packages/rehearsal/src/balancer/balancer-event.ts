import type { AccessRecord } from './access-record.ts';
import type { TargetId } from './load-balancer-config.ts';

/** States as `DescribeTargetHealth` names them. A target that has left is in no state. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining';

/** What happened in the load balancer; `at` is in milliseconds since the epoch. */
export type BalancerEvent =
  /** The load balancer came into being, or is another one than before. */
  | { readonly type: 'load-balancer'; readonly at: number; readonly arn: string; readonly dnsName: string }
  /** It asks for something that the twin does not play; requests get 500 until that has changed. */
  | { readonly type: 'config-error'; readonly at: number; readonly message: string }
  /** The ELBv2 API could not be read; the last known configuration stays in force. */
  | { readonly type: 'read-failed'; readonly at: number; readonly message: string }
  | { readonly type: 'report-failed'; readonly at: number; readonly message: string }
  | {
      readonly type: 'target-state';
      readonly at: number;
      readonly targetGroupArn: string;
      readonly target: TargetId;
      /** Undefined when the target was registered at this moment. */
      readonly from: TargetState | undefined;
      /** Undefined when the deregistration delay has ended. */
      readonly to: TargetState | undefined;
      readonly reason: string | undefined;
      readonly description: string | undefined;
      readonly inFlight: number;
    }
  /** A draining target has finished its last request. */
  | {
      readonly type: 'target-drained';
      readonly at: number;
      readonly targetGroupArn: string;
      readonly target: TargetId;
    }
  /** A request went to a target that is not healthy, since too few are. */
  | {
      readonly type: 'failed-open';
      readonly at: number;
      readonly targetGroupArn: string;
      readonly target: TargetId;
    }
  /** The client went away before it had the whole answer. */
  | { readonly type: 'client-closed'; readonly at: number; readonly record: AccessRecord };

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** An event before its time is put on. */
export type UntimedBalancerEvent = WithoutTime<BalancerEvent>;
