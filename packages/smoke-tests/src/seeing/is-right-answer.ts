import { COLOUR_NAMES } from './colours.ts';
import { CORNER_NAMES } from './draw-figures.ts';
import type { SeeingQuestion } from './seeing-question.ts';
import { SHAPE_NAMES } from './shape-region.ts';

/**
 * Whether a model's answer is right.
 *
 * Case and punctuation do not matter, and an answer may be a sentence made of the question's own words ("The colour is
 * red.", "The digits are 4719."). Everything else does: another choice ("red or blue"), a word that is in neither
 * ("dark red", "not red"), the answer twice, one digit more or less, colours in another order.
 */
export function isRightAnswer(
  question: Pick<SeeingQuestion, 'question' | 'expected'>,
  answer: string,
): boolean {
  const expected = wordsOf(question.expected);
  const said = wordsOf(answer);
  if (/^\d+$/.test(question.expected)) {
    const digits = said.filter((word) => /^\d+$/.test(word)).join('');
    return (
      digits === question.expected &&
      said.every((word) => /^\d+$/.test(word) || isFrameWord(word, question.question))
    );
  }
  const chosen = said.filter((word) => !isFrameWord(word, question.question));
  return chosen.length === expected.length && chosen.every((word, index) => word === expected[index]);
}

/** What people and models put around an answer. */
const FRAME: ReadonlySet<string> = new Set(
  'a an the it its s this that is are of in and color colors image images picture pictures number there'.split(
    ' ',
  ),
);
const CHOICES: ReadonlySet<string> = new Set<string>([
  ...COLOUR_NAMES,
  ...SHAPE_NAMES,
  ...CORNER_NAMES.flatMap((corner) => corner.split(' ')),
]);

/** Whether a word only stands around an answer. */
export function isFrameWord(word: string, question: string): boolean {
  // What the question lists after its colon may be chosen; without a list, anything that any question is about.
  const [, list] = question.split(':');
  const isChoice = list ? wordsOf(list).includes(word) : CHOICES.has(word);
  return !isChoice && (FRAME.has(word) || wordsOf(question).includes(word));
}

/** Words and numbers in lower case, in order. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
