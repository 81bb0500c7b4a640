export type { AccessRecord, RequestOutcome } from './access-record.ts';
export { BalancerConfigError } from './balancer-config-error.ts';
export type { BalancerEvent, TargetState } from './balancer-event.ts';
export type {
  LoadBalancerConfig,
  RegisteredTargets,
  TargetGroupConfig,
  TargetId,
} from './load-balancer-config.ts';
export type { LoadBalancerReader } from './load-balancer-reader.ts';
export type { TargetAddress } from './probe-target.ts';
export {
  type Balancer,
  type BalancerOptions,
  type StartBalancerOptions,
  startBalancer,
} from './start-balancer.ts';
export type { ReportedHealth, TargetView } from './target-table.ts';
