import { describe, expect, test } from 'vitest';
import { missedGoals } from '../src/goals.ts';

function result(name: string, right: number, asked: number) {
  return { name, right, asked, mistakes: [] };
}

describe('missedGoals', () => {
  test('a model at its goals misses none', () => {
    const results = [
      result('colour', 500, 500),
      result('shape', 487, 500),
      result('digits', 470, 500),
      result('colours', 480, 500),
      result('shape, picture missing', 0, 500),
      result('digits, picture blank', 3, 500),
    ];
    expect(missedGoals(results)).toEqual([]);
  });

  test('says what is below', () => {
    expect(missedGoals([result('colour', 480, 500), result('digits, picture missing', 40, 500)])).toEqual([
      'colour: 480 of 500 right, expected at least 99 %',
      'digits, picture missing: 40 of 500 right, expected at most 2 %',
    ]);
  });

  test('does not hold chance against a small sample, but a plain failure', () => {
    expect(missedGoals([result('colour', 37, 40)])).toEqual([]);
    expect(missedGoals([result('colour', 34, 40)])).toHaveLength(1);
  });

  test('lets a corner of a plain picture be guessed, and no more', () => {
    expect(missedGoals([result('position, picture blank', 50, 200)])).toEqual([]);
    expect(missedGoals([result('position, picture blank', 80, 200)])).toEqual([
      'position, picture blank: 80 of 200 right, expected at most 25 %',
    ]);
  });

  test('knows no goal for other names', () => {
    expect(missedGoals([result('count', 0, 40)])).toEqual([]);
  });
});
