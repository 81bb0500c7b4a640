import { countImageTokens } from '@pixtral-fleet/catalog';

/**
 * Text tokens, about: a word, a number's digit or a mark each, plus the four that the chat template adds. Close to
 * Pixtral's tokenizer for English; exact only for pictures.
 */
export function countPromptTokens(
  text: string,
  pictures: readonly { readonly width: number; readonly height: number }[],
): number {
  return (
    TEMPLATE_TOKENS +
    splitTokens(text).length +
    pictures.reduce((sum, size) => sum + countImageTokens(size), 0)
  );
}

const TEMPLATE_TOKENS = 3;

/** Pieces that make up the text when joined: a word with the space before it, a digit, a mark. */
export function splitTokens(text: string): readonly string[] {
  return text.match(/\s?[^\s\d\p{P}]+|\s?\d|\s?\p{P}|\s+/gu) ?? [];
}
