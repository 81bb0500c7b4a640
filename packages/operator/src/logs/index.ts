export { findLogSource, type LogSource } from './find-log-source.ts';
export { formatLogLine, type LogLine } from './log-line.ts';
export { parseSince } from './parse-since.ts';
export { type LogQuery, readLogLines } from './read-log-lines.ts';
