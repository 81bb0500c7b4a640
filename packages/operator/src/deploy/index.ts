export { runCdk } from './cdk-process.ts';
export { type DeployPhase, type DeploySnapshot, deployPhases } from './deploy-phases.ts';
export { type DeployResult, deployStack } from './deploy-stack.ts';
export { explainCdkFailure } from './explain-cdk-failure.ts';
export { explainFailure, type Failure, type FailureEvidence } from './explain-failure.ts';
