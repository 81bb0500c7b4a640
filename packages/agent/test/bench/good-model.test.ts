import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readSection } from '@pixtral-fleet/smoke-tests/write-section';
import { describe, expect, test } from 'vitest';
import { formatExam } from '../../bench/format-exam.ts';
import { countAlarmsAt, countFalseAlarms } from '../../bench/good-model.ts';
import { AT_ONCE, SERVED_MODEL_NAME, startSimulatedEngine } from '../../bench/simulated-engine.ts';
import { seededRandom } from './seeded-random.ts';

const { signal } = new AbortController();
const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function mutants(...args: readonly string[]): Promise<Ended> {
  const ended = promisify(execFile)(process.execPath, [MAIN, ...args]);
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

describe('a model server that sees', () => {
  test('is never refused, and every answer is right', async () => {
    const result = await countFalseAlarms({ gates: 4, signal, random: (gate) => seededRandom(gate + 100) });
    expect(result).toMatchObject({ gates: 4, refusals: [] });
    for (const { right, asked } of result.kinds) expect([right, asked >= 16]).toEqual([asked, true]);
  });

  test('is asked over its socket by the command, which ends with 0', async () => {
    await using engine = await startSimulatedEngine(AT_ONCE, signal);
    const { code, stdout } = await mutants('--socket', engine.socketPath, '--gates', '1', '--json');
    expect([code, JSON.parse(stdout).alarms]).toMatchObject([0, { gates: 1, refusals: [] }]);
  });

  test('fails with 1 and the reason when it is blind', async () => {
    await using engine = await startSimulatedEngine({ ...AT_ONCE, blind: true }, signal);
    const { code, stdout } = await mutants('--socket', engine.socketPath, '--gates', '1');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^1 of 1 gates refused\. .*\n.*\n- refused by the gate: .*: blind, or answered from a cache/,
    );
  });

  test('fails when nobody listens', async () => {
    const socketPath = '/nowhere/engine.sock';
    const { refusals } = await countAlarmsAt({
      socketPath,
      servedModelName: SERVED_MODEL_NAME,
      gates: 1,
      signal,
    });
    expect(refusals.join()).toContain('no request was answered');
  });
});

describe('the command', () => {
  test.each([
    [['--gates', '0'], '--gates must be a whole number of at least 1, got 0'],
    [['--only', 'blinder'], '--only must be one of text-only, '],
    [['--only', 'hung', '--write'], '--write needs all of them'],
    [['--only', 'hung', '--socket', 'x'], 'give --only or --socket'],
    [['--no-such'], "Unknown option '--no-such'"],
  ])('fails with 2 and the reason for %j', async (args, reason) => {
    const { code, stderr } = await mutants(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  test('says how it is used', async () => {
    expect(await mutants('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--socket PATH'),
    });
  });
});

test('docs/gate.md has the statistics that the code computes', async () => {
  const document = fileURLToPath(new URL('../../../../docs/gate.md', import.meta.url));
  expect(await readSection({ document, name: 'exam' })).toBe(formatExam());
});
