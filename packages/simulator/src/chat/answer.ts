import { nameColour } from '../vision/colour-name.ts';
import { findFigure } from '../vision/figure.ts';
import type { Picture } from '../vision/picture.ts';
import { readDigits } from '../vision/read-digits.ts';
import { readShape } from '../vision/read-shape.ts';

/** What a question is about, by its words. */
type Topic = 'colours' | 'colour' | 'shape' | 'digits' | 'word' | 'count' | 'other';

/** A longer stream than any test wants. */
const LAST_NUMBER = 10_000;

/**
 * The answer to a question, from the pixels and nothing else: another picture gives another answer. With `blind` from
 * the question and nothing else: what a model says that was never shown the picture.
 */
export function answerQuestion(
  text: string,
  pictures: readonly Picture[],
  options: { readonly blind: boolean },
): string {
  const topic = topicOf(text);
  if (topic === 'word') return /reply with the word "([^"]*)"/i.exec(text)?.[1] ?? '';
  if (topic === 'count') return countTo(Number(/count from 1 to (\d+)/i.exec(text)?.[1]));
  if (options.blind) return BLIND[topic];
  const [first] = pictures;
  if (!first) return topic === 'other' ? 'This is a simulated answer to a text.' : 'There is no picture.';
  if (topic === 'colours')
    return pictures.map((picture) => nameColour(findFigure(picture).ground)).join(', ');
  const figure = findFigure(first);
  if (topic === 'digits') return readDigits(figure);
  if (topic === 'shape') return readShape(figure);
  const colour = nameColour(
    /colou?r .*\b(shape|digits?|circle|square|triangle)\b/i.test(text) ? figure.ink : figure.ground,
  );
  if (topic === 'colour') return colour;
  const seen = figure.box ? ` with ${readShape(figure)} in ${nameColour(figure.ink)}` : '';
  return `A picture of ${first.width}x${first.height} pixels, mostly ${colour}${seen}.`;
}

/** Plausible, fluent and wrong nearly always. */
const BLIND: Readonly<Record<Topic, string>> = {
  colours: 'red, green, blue',
  colour: 'blue',
  shape: 'circle',
  digits: '1234',
  word: '',
  count: '',
  other: 'A picture of a landscape.',
};

function topicOf(text: string): Topic {
  if (/reply with the word "/i.test(text)) return 'word';
  if (/count from 1 to \d+/i.test(text)) return 'count';
  if (/\b(digits?|numbers?)\b/i.test(text)) return 'digits';
  if (/colou?r.*\beach (picture|image)\b/i.test(text)) return 'colours';
  if (/\bcolou?r\b/i.test(text)) return 'colour';
  return /\bshape\b/i.test(text) ? 'shape' : 'other';
}

function countTo(last: number): string {
  return Array.from({ length: Math.min(last, LAST_NUMBER) }, (_, index) => index + 1).join(', ');
}
