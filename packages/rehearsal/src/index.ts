export { rehearse } from './rehearse.ts';
export type { RehearsalReport } from './report/index.ts';
export { formatReportTable } from './report/index.ts';
export type { RehearsalEndpoint } from './run/endpoint-file.ts';
export { readEndpointFile } from './run/endpoint-file.ts';
export { RehearsalError, RehearsalInterrupted } from './run/failure.ts';
export {
  ENGINES,
  type EngineName,
  MAX_INSTANCES,
  MUTANTS,
  type Mutant,
  type RehearsalOptions,
} from './run/options.ts';
export { PHASE_NAMES, type PhaseName, type ProgressEvent } from './run/progress.ts';
export type { RehearsalResult } from './write-report.ts';
