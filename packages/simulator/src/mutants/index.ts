import type { Picture } from '../vision/picture.ts';
import type { Mutant } from './mutant.ts';
import {
  blankEncoder,
  coarse,
  otherSeedEncoder,
  permutedPatches,
  rotated,
  swappedChannels,
} from './pixel-mutants.ts';

/** Model servers that look healthy and are wrong. `hung` is a server that never answers, and changes no answer. */
export const MUTANT_NAMES = [
  'text-only',
  'blank-encoder',
  'other-seed-encoder',
  'permuted-patches',
  'rotated-images',
  'swapped-order',
  'wrong-chat-template',
  'stale-revision',
  'quantisation-garbage',
  'hung',
  'empty-text',
  'cached-answer',
] as const;

export type MutantName = (typeof MUTANT_NAMES)[number];

/** A fresh one: `cached-answer` remembers. */
export function createMutant(name: MutantName): Mutant {
  return MUTANTS[name]();
}

const MUTANTS: Readonly<Record<MutantName, () => Mutant>> = {
  // Blindness is the model's own: `answerQuestion` then guesses from the words.
  'text-only': () => ({}),
  'blank-encoder': () => pictures(blankEncoder),
  'other-seed-encoder': () => pictures(otherSeedEncoder),
  'permuted-patches': () => pictures(permutedPatches),
  'rotated-images': () => pictures(rotated),
  'swapped-order': () => ({ see: (sight) => ({ ...sight, pictures: sight.pictures.toReversed() }) }),
  // Without its template the model goes on with the text instead of answering it.
  'wrong-chat-template': () => ({
    see: ({ text, pictures }) => ({ text: `[INST] ${text} [/INST]`, pictures }),
    say: (answer, asked) => `${asked} [/INST] ${answer}`,
  }),
  'stale-revision': () => pictures(swappedChannels),
  'quantisation-garbage': () => pictures(coarse),
  hung: () => ({}),
  'empty-text': () => ({ say: () => '' }),
  'cached-answer': () => {
    const answers = new Map<string, string>();
    return {
      say(answer, asked) {
        const kept = answers.get(asked) ?? answer;
        answers.set(asked, kept);
        return kept;
      },
    };
  },
};

function pictures(change: (picture: Picture) => Picture): Mutant {
  return { see: ({ text, pictures }) => ({ text, pictures: pictures.map(change) }) };
}
