import { isRefreshing, type RefreshStatus } from '../status/fleet-status.ts';
import type { RecordedDeployment } from './deployment-history.ts';

export interface RollbackFacts {
  readonly stackStatus: string;
  readonly refresh: RefreshStatus | undefined;
  /** Newest first. */
  readonly deployments: readonly RecordedDeployment[];
  /** Of the template that is deployed. */
  readonly currentSha256: string;
}

export type RollbackStep =
  /** An update runs: CloudFormation is told to give it up. */
  | { readonly kind: 'cancel-update' }
  /** A rollback of CloudFormation's got stuck. */
  | { readonly kind: 'continue-rollback' }
  /** Instances are being replaced outside of any update. */
  | { readonly kind: 'rollback-refresh'; readonly refreshId: string }
  /** The stack stands: the template that it had before is deployed again. */
  | { readonly kind: 'redeploy'; readonly deployment: RecordedDeployment }
  | { readonly kind: 'refuse'; readonly reason: string };

/** What rolling back means for a stack in this state. It goes back, never forward: twice is two versions back. Pure. */
export function planRollback(facts: RollbackFacts): RollbackStep {
  const { stackStatus, refresh } = facts;
  if (stackStatus === 'UPDATE_IN_PROGRESS') return { kind: 'cancel-update' };
  if (stackStatus === 'UPDATE_ROLLBACK_FAILED') return { kind: 'continue-rollback' };
  if (stackStatus.endsWith('_IN_PROGRESS')) {
    return {
      kind: 'refuse',
      reason: `the stack is ${stackStatus}: wait until that is over ("pixtral status")`,
    };
  }
  if (/^(ROLLBACK|CREATE|DELETE)_(COMPLETE|FAILED)$/.test(stackStatus) && stackStatus !== 'CREATE_COMPLETE') {
    return {
      kind: 'refuse',
      reason: `the stack is ${stackStatus}: there is no version before it; deploy again`,
    };
  }
  if (refresh && isRefreshing(refresh)) return { kind: 'rollback-refresh', refreshId: refresh.id };
  return planRedeployment(facts);
}

function planRedeployment({ deployments, currentSha256 }: RollbackFacts): RollbackStep {
  const current = deployments.findIndex(({ sha256 }) => sha256 === currentSha256);
  const deployment = deployments.slice(current + 1).find(({ sha256 }) => sha256 !== currentSha256);
  if (deployment) return { kind: 'redeploy', deployment };
  return {
    kind: 'refuse',
    reason:
      'no earlier deployment is recorded in the bucket (only "pixtral deploy" records them): take the config back and run "pixtral deploy"',
  };
}
