import { createMutant, type MutantName } from '../mutants/index.ts';
import type { Mutant, Sight } from '../mutants/mutant.ts';
import { nameColour } from '../vision/colour-name.ts';
import { findFigure } from '../vision/figure.ts';
import { findBlobs, readCorner } from '../vision/find-blobs.ts';
import type { Picture } from '../vision/picture.ts';
import { readDigits } from '../vision/read-digits.ts';
import { readShape } from '../vision/read-shape.ts';

/** What a question is about, by its words. */
type Topic =
  | 'word'
  | 'sequence'
  | 'count'
  | 'position'
  | 'numbers'
  | 'digits'
  | 'colours'
  | 'colour'
  | 'shape'
  | 'other';

/** A longer stream than any test wants. */
const LAST_NUMBER = 10_000;

/**
 * The answer to a question, from the pixels and nothing else: another picture gives another answer. With `blind` from
 * the question and nothing else: what a model says that was never shown the picture. A `mutant` changes what is seen,
 * or what is said.
 */
export function answerQuestion(
  text: string,
  pictures: readonly Picture[],
  options: { readonly blind: boolean; readonly mutant?: MutantName | '' },
): string {
  const mutant = mutantOf(options);
  const sight = mutant.see?.({ text, pictures }) ?? { text, pictures };
  const answer = lookAt(sight, options.blind || options.mutant === 'text-only');
  return mutant.say?.(answer, text) ?? answer;
}

/** One for each server's behaviour, since some remember; another one when the behaviour changes. */
const mutants = new WeakMap<object, { readonly name: MutantName | ''; readonly mutant: Mutant }>();

function mutantOf(options: { readonly mutant?: MutantName | '' }): Mutant {
  const name = options.mutant ?? '';
  const known = mutants.get(options);
  if (known?.name === name) return known.mutant;
  const mutant = name ? createMutant(name) : {};
  mutants.set(options, { name, mutant });
  return mutant;
}

function lookAt({ text, pictures }: Sight, blind: boolean): string {
  const topic = topicOf(text);
  if (topic === 'word') return /reply with the word "([^"]*)"/i.exec(text)?.[1] ?? '';
  if (topic === 'sequence') return countTo(Number(/count from 1 to (\d+)/i.exec(text)?.[1]));
  if (blind) return BLIND[topic];
  const [first] = pictures;
  if (!first) return topic === 'other' ? 'This is a simulated answer to a text.' : 'There is no picture.';
  if (topic === 'colours')
    return pictures.map((picture) => nameColour(findFigure(picture).ground)).join(', ');
  if (topic === 'numbers') return pictures.map((picture) => readDigits(findFigure(picture))).join(', ');
  const figure = findFigure(first);
  if (topic === 'digits') return readDigits(figure);
  if (topic === 'shape') return readShape(figure);
  if (topic === 'count') return String(findBlobs(figure).length);
  if (topic === 'position') return readCorner(figure);
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
  numbers: '1234, 5678',
  count: '3',
  position: 'top left',
  word: '',
  sequence: '',
  other: 'A picture of a landscape.',
};

function topicOf(text: string): Topic {
  const [, topic] = TOPICS.find(([words]) => words.test(text)) ?? [];
  return topic ?? 'other';
}

/** The first that fits. */
const TOPICS: readonly (readonly [words: RegExp, topic: Topic])[] = [
  [/reply with the word "/i, 'word'],
  [/count from 1 to \d+/i, 'sequence'],
  [/how many/i, 'count'],
  [/\bcorner\b/i, 'position'],
  [/\b(digits?|numbers?)\b.*\beach (picture|image)\b/i, 'numbers'],
  [/\b(digits?|numbers?)\b/i, 'digits'],
  [/colou?r.*\beach (picture|image)\b/i, 'colours'],
  [/\bcolou?r\b/i, 'colour'],
  [/\bshape\b/i, 'shape'],
];

function countTo(last: number): string {
  return Array.from({ length: Math.min(last, LAST_NUMBER) }, (_, index) => index + 1).join(', ');
}
