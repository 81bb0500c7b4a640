import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSimulator, DEFAULT_BEHAVIOUR } from '@pixtral-fleet/simulator';
import { describe, expect, test } from 'vitest';
import { randomSize } from '../../src/image-tokens/random-size.ts';
import { API_KEY, MODEL, startScriptedFleet } from '../scripted-fleet/start-scripted-fleet.ts';
import { seededRandom } from '../seeing/seeded-random.ts';

const MAIN = fileURLToPath(new URL('../../src/image-tokens/main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function imageTokens(...args: readonly string[]): Promise<Ended> {
  const ended = promisify(execFile)(process.execPath, [MAIN, ...args]);
  return ended.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

describe('image-tokens', () => {
  test('a server that counts as predicted is told so, with 0', async () => {
    const simulator = createSimulator({
      servedModelName: MODEL,
      behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
      maxModelLen: 16_384,
      maxImages: 4,
      maxNumSeqs: 8,
      keepAliveSeconds: 5,
    });
    const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
    const { code, stdout } = await imageTokens(
      '--base',
      `http://127.0.0.1:${port}`,
      '--seconds',
      '1',
      '--json',
    );
    await simulator.close();
    const result = JSON.parse(stdout);
    expect([code, result.mismatches]).toEqual([0, []]);
    expect(result.sizes).toBeGreaterThan(3);
  });

  test('fails with 1 and the sizes when a server counts one token more', async () => {
    await using fleet = await startScriptedFleet('one-token-more');
    const { code, stdout, stderr } = await imageTokens(
      '--base',
      fleet.url,
      '--key',
      API_KEY,
      '--seconds',
      '0.5',
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^0 of \d+ random sizes agree with the catalog/);
    const [, counted, predicted] = /\d+x\d+: (\d+) tokens, predicted (\d+)/.exec(stderr) ?? [];
    expect(Number(counted) - Number(predicted)).toBe(1);
  });

  test.each([
    [[], 'give either --socket or --base'],
    [['--base', 'http://x', '--socket', 'y'], 'give either --socket or --base'],
    [['--base', 'http://x', '--seconds', 'ten'], '--seconds must be a number above 0, got ten'],
    [['--bases', 'http://x'], "Unknown option '--bases'"],
  ])('fails with 2 and the reason for %j', async (args, reason) => {
    const { code, stderr } = await imageTokens(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  test('fails with 1 when nobody listens', async () => {
    const { code, stderr } = await imageTokens('--socket', '/nowhere/engine.sock');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: \[POST\] .*ENOENT/);
  });
});

test('random sizes are small and large, at the edges of patches and of scaling', () => {
  const random = seededRandom(1);
  const sizes = Array.from({ length: 400 }, () => randomSize(random));
  const sides = sizes.flatMap(({ width, height }) => [width, height]);
  expect(Math.min(...sides)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...sides)).toBeLessThanOrEqual(2_609);
  for (const share of [
    sides.filter((side) => side < 64),
    sides.filter((side) => side > 1_030),
    sides.filter((side) => side >= 1_020 && side <= 1_030),
  ]) {
    expect(share.length).toBeGreaterThan(20);
  }
  // Where a patch more begins: three sides of 16 by chance, these more often.
  const atEdges = sides.filter((side) => [15, 0, 1].includes(side % 16));
  expect(atEdges.length).toBeGreaterThan(sides.length * 0.3);
});
