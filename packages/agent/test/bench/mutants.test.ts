import { MUTANT_NAMES } from '@pixtral-fleet/simulator';
import { describe, expect, test } from 'vitest';
import { tryModelMutant } from '../../bench/model-mutants.ts';
import { tryWeightMutant, WEIGHT_MUTANTS, type WeightMutantName } from '../../bench/weight-mutants.ts';
import { seededRandom } from './seeded-random.ts';

const { signal } = new AbortController();
const GATES = 2;

/** What only one of the questions could tell must be told by that one. */
const MISSED: Readonly<Record<string, RegExp>> = {
  'swapped-order': /^missed: colours, numbers$/,
  'rotated-images': /digits/,
  'stale-revision': /colours/,
  'text-only': /blind/,
  'blank-encoder': /blind/,
  'cached-answer': /answered from a cache/,
  'empty-text': /^every answer is empty/,
  hung: /^no answer within 0.5 s$/,
};

describe('no broken model server passes the gate', () => {
  test.each(MUTANT_NAMES)('%s', async (name) => {
    const result = await tryModelMutant({
      name,
      gates: GATES,
      signal,
      random: (gate) => seededRandom(gate + 1),
      ...(name === 'hung' ? { deadlineMs: 500 } : {}),
    });
    const tries = name === 'hung' ? 1 : GATES;
    const by = name === 'hung' ? 'deadline of the gate' : 'gate';
    expect(result).toMatchObject({ name, tries, caught: tries, by });
    expect(result.how).toMatch(MISSED[name] ?? /./);
  });

  test.each(Object.keys(WEIGHT_MUTANTS) as WeightMutantName[])('%s', async (name) => {
    const result = await tryWeightMutant({ name, tries: 2, signal });
    expect(result).toMatchObject({ name, tries: 2, caught: 2, by: 'manifest' });
  });
});
