import { readdir, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';

/** A number of each round. */
export function median(values: readonly number[]): number {
  return share(values, 0.5);
}

/** The value that so many are not above. */
export function share(values: readonly number[], part: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(part * (values.length - 1))] ?? Number.NaN;
}

export function spread(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}

/** What else the machine had to do, for whoever reads the numbers. */
export function describeLoad(): string {
  return `load average of the last minute ${loadavg()[0]?.toFixed(1)}, the bench itself included`;
}

const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has taken, and those of its children that have ended. */
export async function readCpuSeconds(
  pid: number | 'self',
): Promise<{ readonly own: number; readonly children: number }> {
  // The name of the command may hold spaces and ends with the last bracket.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
  const seconds = (...indexes: readonly number[]) =>
    indexes.reduce((sum, index) => sum + Number(fields[index]), 0) / TICKS_PER_SECOND;
  return { own: seconds(11, 12), children: seconds(13, 14) };
}

/** Resident memory in MB (10^6 bytes): all of it, and what is not shared with other processes. */
export interface Memory {
  readonly rss: number;
  readonly own: number;
}

export async function readMemory(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mb = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1_024) / 1e6;
  return { rss: mb('Rss'), own: mb('Private_Dirty') + mb('Private_Clean') };
}

/** Microseconds of CPU that a process has taken, all of its threads together. */
export async function readCpuMicros(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(threads.map((id) => readFile(`/proc/${pid}/task/${id}/schedstat`, 'utf8')));
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1_000, 0);
}
