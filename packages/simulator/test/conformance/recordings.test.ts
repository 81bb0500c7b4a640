import { describe, expect, it } from 'vitest';
import { ACCEPTED_DIFFERENCES } from '../../src/conformance/accepted-differences.ts';
import { readRecordings } from '../../src/conformance/recording.ts';
import { declareTests, hasTimeLimits } from './declare-tests.ts';

const recordings = readRecordings();

describe('as recorded from vLLM 0.32.0', () => {
  declareTests(recordings.filter((recording) => !hasTimeLimits(recording)));
});

it('accepts differences only of what was recorded', () => {
  const ids = recordings.map(({ id }) => id);
  expect(Object.keys(ACCEPTED_DIFFERENCES).filter((id) => !ids.includes(id))).toEqual([]);
});
