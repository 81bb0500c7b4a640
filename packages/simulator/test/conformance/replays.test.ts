import { describe } from 'vitest';
import { readRecordings } from '../../src/conformance/recording.ts';
import { declareTests, hasTimeLimits } from './declare-tests.ts';

describe('as recorded from vLLM 0.32.0, where time counts', () => {
  declareTests(readRecordings().filter(hasTimeLimits));
});
