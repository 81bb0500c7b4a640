import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const CLOCK = join(import.meta.dirname, '..', '..', 'src', 'chaos', 'shifted-clock.mjs');
const YEAR_MS = 365 * 24 * 3_600_000;

it('shifts the wall clock of a process, and neither its durations nor the dates that it is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pixtral-clock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'shift');
  await writeFile(file, String(-YEAR_MS));
  const program =
    'console.log(JSON.stringify([Date.now(), new Date().getTime(), new Date(5).getTime(), performance.timeOrigin, new Date() instanceof Date]))';
  const { stdout } = await run(process.execPath, [`--import=${pathToFileURL(CLOCK).href}`, '-e', program], {
    env: { PIXTRAL_CLOCK_FILE: file },
  });
  const [now, made, given, origin, isDate] = JSON.parse(stdout);
  // A day is far more than a process takes to start.
  for (const shifted of [now, made])
    expect(Math.abs(Date.now() - YEAR_MS - shifted)).toBeLessThan(24 * 3_600_000);
  expect(given).toBe(5);
  expect(Math.abs(Date.now() - origin)).toBeLessThan(24 * 3_600_000);
  expect(isDate).toBe(true);
});
