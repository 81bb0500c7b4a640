export { recordDeployment } from './deployment-history.ts';
export { planRollback, type RollbackStep } from './plan-rollback.ts';
export { prepareRollback, type RollbackPlan, type RollbackResult, rollBack } from './roll-back.ts';
