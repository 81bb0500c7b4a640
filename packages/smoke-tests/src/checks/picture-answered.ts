import type { Check } from '../check.ts';
import { demandRightAnswers } from '../seeing-evidence.ts';

/** The model sees: what is in single pictures that were drawn that moment. */
export const pictureAnswered: Check = {
  name: 'picture answered right',
  deadlineMs: 120_000,
  advice:
    'the model talks but does not see: compare checkpoint format and flags (Mistral or Hugging Face, never mixed) and read the gate’s answers in the boot reports',
  run: (context) => demandRightAnswers(context, ['colour', 'shape', 'digits', 'count', 'position']),
};
