export { findLogSource, type LogSource } from './find-log-source.ts';
export { createLineFilter, filterPatternOf, type LineCriteria } from './line-filter.ts';
export { formatLogLine, type LogLine } from './log-line.ts';
export { parseSince } from './parse-since.ts';
export { type LogQuery, readLogLines } from './read-log-lines.ts';
export { type RequestSummary, type Spread, summariseRequests } from './summarise-requests.ts';
