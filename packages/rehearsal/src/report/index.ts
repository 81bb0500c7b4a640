export { formatReportTable } from './format-report-table.ts';
export type {
  AskedPicture,
  DrillMoment,
  DrillRequest,
  InstanceTimeline,
  RehearsalDetails,
  RehearsalFailure,
  TargetStateChange,
  TimedPhase,
} from './rehearsal-details.ts';
export type {
  RehearsalReport,
  ReportedAnswer,
  ReportedCheck,
  ReportedDrill,
  ReportedInstance,
} from './rehearsal-report.ts';
export { renderReport } from './render-report.ts';
