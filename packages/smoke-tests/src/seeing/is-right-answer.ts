import { COLOUR_NAMES } from './colours.ts';
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
      digits === question.expected && said.every((word) => /^\d+$/.test(word) || isFrame(word, question))
    );
  }
  const chosen = said.filter((word) => !isFrame(word, question));
  return chosen.length === expected.length && chosen.every((word, index) => word === expected[index]);
}

/** What people and models put around an answer. */
const FRAME: ReadonlySet<string> = new Set(
  'a an the it its s this that is are of in and color colors image images picture pictures number'.split(' '),
);
const CHOICES: ReadonlySet<string> = new Set<string>([...COLOUR_NAMES, ...SHAPE_NAMES]);

function isFrame(word: string, { question }: Pick<SeeingQuestion, 'question'>): boolean {
  return !CHOICES.has(word) && (FRAME.has(word) || wordsOf(question).includes(word));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
