import type { PixtralClient } from '@pixtral-fleet/client';
import { imagePart } from '@pixtral-fleet/client';
import {
  generateQuestion,
  isRightAnswer,
  type Random,
  SEEING_KINDS,
  type SeeingKind,
  type SeeingQuestion,
} from '@pixtral-fleet/smoke-tests/seeing';

/** How a model did on one kind of question. */
export interface KindAccuracy {
  readonly name: string;
  readonly asked: number;
  readonly right: number;
  /** The most frequent mistakes: expected, answered, how often. */
  readonly mistakes: readonly {
    readonly expected: string;
    readonly answered: string;
    readonly times: number;
  }[];
}

/** One question, the same for a kind with pictures and for one without. */
interface Item {
  readonly question: Pick<SeeingQuestion, 'question' | 'expected'>;
  readonly pictures: readonly Uint8Array[];
  /** Pictures before the text or after it. */
  readonly picturesFirst: boolean;
}

export interface MeasureOptions {
  readonly client: { readonly chat: Pick<PixtralClient['chat'], 'create'> };
  readonly random: Random;
  /** Questions of each kind. */
  readonly each: number;
  /** Requests at the same time. */
  readonly concurrency: number;
  readonly onKind?: (result: KindAccuracy) => void;
}

const MAX_MISTAKES = 5;

/** Kinds about something in a picture, of which a plain picture shows nothing. */
const IN_PICTURE = ['shape', 'digits', 'count', 'position'] as const;

/**
 * Asks a model fresh questions of every kind over HTTP, pictures before and after the text by turns, and then what tells
 * whether it looks: questions without their pictures, and about plain ones, which must not be answered right.
 */
export async function measureAccuracy(options: MeasureOptions): Promise<readonly KindAccuracy[]> {
  const results: KindAccuracy[] = [];
  const run = async (name: string, items: readonly Item[]): Promise<void> => {
    const result = await measure(name, items, options);
    options.onKind?.(result);
    results.push(result);
  };
  for (const kind of SEEING_KINDS) await run(kind, drawItems(kind, options));
  await run(
    'reply with the word',
    Array.from({ length: options.each }, () => wordItem(options.random)),
  );
  for (const kind of SEEING_KINDS) {
    await run(
      `${kind}, picture missing`,
      drawItems(kind, options).map((item) => ({ ...item, pictures: [] })),
    );
  }
  for (const kind of IN_PICTURE) {
    const plain = drawItems('colour', options);
    await run(
      `${kind}, picture blank`,
      drawItems(kind, options).map((item, index) => ({ ...item, pictures: plain[index]?.pictures ?? [] })),
    );
  }
  return results;
}

function drawItems(kind: SeeingKind, { random, each }: MeasureOptions): Item[] {
  return Array.from({ length: each }, (_, index) => {
    const question = generateQuestion(kind, random);
    return { question, pictures: question.pictures, picturesFirst: index % 2 === 0 };
  });
}

const WORDS = ['harbour', 'lantern', 'meadow', 'violin', 'copper', 'orchard', 'thunder', 'velvet'];

function wordItem(random: Random): Item {
  const expected = WORDS[Math.floor(random() * WORDS.length)] ?? 'harbour';
  return {
    question: { question: `Reply with the word "${expected}".`, expected },
    pictures: [],
    picturesFirst: true,
  };
}

async function measure(name: string, items: readonly Item[], options: MeasureOptions): Promise<KindAccuracy> {
  const mistakes = new Map<string, number>();
  let right = 0;
  const queue = items.values();
  const work = async (): Promise<void> => {
    for (const item of queue) {
      const answered = await ask(item, options);
      const isRight =
        item.pictures.length === 0
          ? answered.trim() === item.question.expected
          : isRightAnswer(item.question, answered);
      if (isRight) right++;
      else {
        const key = JSON.stringify([item.question.expected, answered]);
        mistakes.set(key, (mistakes.get(key) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  const frequent = [...mistakes].toSorted(([, a], [, b]) => b - a).slice(0, MAX_MISTAKES);
  return {
    name,
    asked: items.length,
    right,
    mistakes: frequent.map(([key, times]) => {
      const [expected = '', answered = ''] = JSON.parse(key) as string[];
      return { expected, answered, times };
    }),
  };
}

async function ask(item: Item, { client }: MeasureOptions): Promise<string> {
  const pictures = await Promise.all(item.pictures.map((picture) => imagePart(picture)));
  const text = { type: 'text' as const, text: item.question.question };
  const content = item.picturesFirst ? [...pictures, text] : [text, ...pictures];
  const { text: answer } = await client.chat.create({
    messages: [{ role: 'user', content }],
    max_tokens: 32,
    temperature: 0,
  });
  return answer;
}
