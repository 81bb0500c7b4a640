import type { Check } from '../check.ts';
import { demandRightAnswers } from '../seeing-evidence.ts';

/** Several pictures in one message are all seen, and in their order. */
export const severalPictures: Check = {
  name: 'several pictures in order',
  deadlineMs: 120_000,
  advice:
    'compare --limit-mm-per-prompt of the engine with maxImages of the gateway: both must allow at least 4 pictures',
  run: (context) => demandRightAnswers(context, ['colours', 'numbers']),
};
