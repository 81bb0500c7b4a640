/** Levels of pino, which agents and Lambdas of this product log with, by name. */
export const LOG_LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

/** Python's names, which vLLM begins its lines with: `(APIServer pid=7) WARNING 11-28 07:00:00 [api_server.py:1] …`. */
const PYTHON: Readonly<Record<string, number>> = {
  DEBUG: 20,
  INFO: 30,
  WARNING: 40,
  ERROR: 50,
  CRITICAL: 60,
};

const PYTHON_MARK = /(?:^|[") ])(DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d/;

/**
 * How bad a line is, as pino counts: what it says itself, or what the model server said whose words an agent passes on.
 * A line that says nothing is taken for information.
 */
export function levelOf(text: string, record: Readonly<Record<string, unknown>> | undefined): number {
  const own = record?.level;
  const told =
    typeof own === 'number' ? own : typeof own === 'string' ? LOG_LEVELS[own.toLowerCase()] : undefined;
  const python = PYTHON[PYTHON_MARK.exec(text)?.[1] ?? ''];
  return Math.max(told ?? 0, python ?? 0) || (LOG_LEVELS.info ?? 0);
}

/** Its name; the number itself for a level of somebody's own. */
export function nameOfLevel(level: number): string {
  const known = Object.entries(LOG_LEVELS).find(([, number]) => number === level);
  return known?.[0] ?? String(level);
}
