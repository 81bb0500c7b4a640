import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateQuestions, isRightAnswer, type SeeingKind } from '../../src/seeing/index.ts';

const QUESTIONS = generateQuestions();
const questionOf = (kind: SeeingKind): string => QUESTIONS.find((each) => each.kind === kind)?.question ?? '';
const judge = (kind: SeeingKind, expected: string) => (answer: string) =>
  isRightAnswer({ question: questionOf(kind), expected }, answer);

describe('isRightAnswer', () => {
  test.each([
    'red',
    'Red.',
    ' RED\n',
    '"red"',
    '**Red**',
    'The colour is red.',
    'The color of this picture is red.',
    "It's red!",
  ])('colour red: %j is right', (answer) => expect(judge('colour', 'red')(answer)).toBe(true));

  test.each([
    '',
    'blue',
    'red or blue',
    'red, blue',
    'red/orange',
    'not red',
    "It isn't red",
    'dark red',
    'reddish',
    'redgreen',
    'red red red',
    'red 1',
    'The colour is',
    'rouge',
    'red, green, blue, yellow, orange, purple, black, white',
  ])('colour red: %j is wrong', (answer) => expect(judge('colour', 'red')(answer)).toBe(false));

  test.each(['circle', 'A circle.', 'The shape in the picture is a circle.'])(
    'circle: %j is right',
    (answer) => expect(judge('shape', 'circle')(answer)).toBe(true),
  );
  test.each(['square', 'circle and square', 'a red circle', 'an ellipse', 'not a circle', 'rectangle'])(
    'circle: %j is wrong',
    (answer) => expect(judge('shape', 'circle')(answer)).toBe(false),
  );

  test.each(['4719', '4719.', ' 4 7 1 9 ', '4, 7, 1, 9', 'The digits are 4719.', 'The number is "4719".'])(
    '4719: %j is right',
    (answer) => expect(judge('digits', '4719')(answer)).toBe(true),
  );
  test.each([
    '',
    '471',
    '47190',
    '04719',
    '4719 4719',
    '4917',
    '471O',
    'four seven one nine',
    '4719 or 4917',
    '٤٧١٩',
  ])('4719: %j is wrong', (answer) => expect(judge('digits', '4719')(answer)).toBe(false));

  test.each([
    'red, green, blue',
    'Red, Green, Blue.',
    'red\ngreen\nblue',
    'The colours are red, green and blue.',
  ])('red, green, blue: %j is right', (answer) =>
    expect(judge('colours', 'red, green, blue')(answer)).toBe(true),
  );
  test.each(['green, red, blue', 'red, green', 'red, green, blue, blue', 'red', 'red, green, blue, white'])(
    'red, green, blue: %j is wrong',
    (answer) => expect(judge('colours', 'red, green, blue')(answer)).toBe(false),
  );

  test.each(['top left', 'Top left.', 'top-left', 'The circle is in the top left corner.'])(
    'top left: %j is right',
    (answer) => expect(judge('position', 'top left')(answer)).toBe(true),
  );
  test.each(['top right', 'left', 'top', 'top left, bottom right', 'left top', 'not top left', ''])(
    'top left: %j is wrong',
    (answer) => expect(judge('position', 'top left')(answer)).toBe(false),
  );

  test.each(['3', '3.', 'There are 3 circles in the picture.'])('3: %j is right', (answer) =>
    expect(judge('count', '3')(answer)).toBe(true),
  );
  test.each(['4', '13', '3 or 4', 'three', '', '3 3'])('3: %j is wrong', (answer) =>
    expect(judge('count', '3')(answer)).toBe(false),
  );

  test.each(['4719, 3820', '4719,3820', '4719 and 3820', 'The digits are 4719, 3820.'])(
    '4719, 3820: %j is right',
    (answer) => expect(judge('numbers', '4719, 3820')(answer)).toBe(true),
  );
  test.each(['3820, 4719', '47193820', '4719', '4719, 3820, 1'])('4719, 3820: %j is wrong', (answer) =>
    expect(judge('numbers', '4719, 3820')(answer)).toBe(false),
  );

  test('of all digits only the written ones are right', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 9999 }), fc.string(), (written, answer) => {
        const right = judge('digits', String(written));
        expect(right(String(written))).toBe(true);
        if (right(answer)) expect(answer.replaceAll(/\D/g, '')).toBe(String(written));
      }),
    );
  });
});
