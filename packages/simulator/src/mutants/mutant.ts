import type { Picture } from '../vision/picture.ts';

/** What a model is given: the text of the prompt, and the pictures as its vision encoder takes them. */
export interface Sight {
  readonly text: string;
  readonly pictures: readonly Picture[];
}

/** One way in which a model server can be wrong while it looks healthy. */
export interface Mutant {
  /** Before the model looks. */
  readonly see?: (sight: Sight) => Sight;
  /** After it has answered. `asked` is the text as it was sent. */
  readonly say?: (answer: string, asked: string) => string;
}
