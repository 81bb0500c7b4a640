export { makePlan, type Plan, type PlanOptions } from './make-plan.ts';
