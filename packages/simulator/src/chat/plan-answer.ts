import { createTokenDecoder } from '../tokenizer/text-decoder.ts';
import { CONTROL, type Tokenizer } from '../tokenizer/tokenizer.ts';
import type { AnswerOptions } from './chat-request.ts';
import { writeStructure } from './write-structure.ts';

/** A token of an answer, and the text that a client sees with it. */
export interface AnswerToken {
  readonly id: number;
  /** Of the token itself; '' where its bytes alone make no character, and for the end of the text. */
  readonly token: string;
  readonly bytes: readonly number[];
  /** What becomes readable with it: '' while a character or a stop string may still be coming. */
  readonly text: string;
}

/** One answer, before any time has passed. */
export interface PlannedAnswer {
  readonly tokens: readonly AnswerToken[];
  /** `abort` when the engine went before the end (704). */
  readonly finishReason: 'stop' | 'length' | 'abort';
  /** The stop string that was met. */
  readonly stopReason: string | null;
  /** Generation fails after the tokens. @default false */
  readonly fails: boolean;
}

/**
 * Which tokens answer a request. `said` is what the simulated model has to say; it goes on from the beginning when the
 * request wants more (`ignore_eos`, `min_tokens`).
 *
 * @param room tokens that fit into the context behind the prompt.
 */
export function planAnswer(
  said: string,
  options: AnswerOptions,
  room: number,
  tokenizer: Tokenizer,
): PlannedAnswer {
  const most = Math.min(options.maxTokens ?? room, room);
  const structured = options.structure ? writeStructure(options.structure, said) : undefined;
  const ids = chooseTokens(structured?.text ?? said, options, most, tokenizer);
  if (structured?.fails) {
    const said = ids.filter((id) => id !== CONTROL.endOfText);
    return { ...speak(said, options.stop, tokenizer), finishReason: 'length', fails: true };
  }
  const spoken = speak(ids, options.stop, tokenizer);
  if (spoken.stopReason !== null) return { ...spoken, finishReason: 'stop', fails: false };
  const ended = ids.at(-1) === CONTROL.endOfText && !options.ignoreEndOfText;
  return { ...spoken, finishReason: ended ? 'stop' : 'length', fails: false };
}

/** The end of the text is a token too, and counted (108). */
function chooseTokens(
  text: string,
  options: AnswerOptions,
  most: number,
  tokenizer: Tokenizer,
): readonly number[] {
  const { allowedTokens } = options;
  if (allowedTokens && allowedTokens.length > 0) {
    return Array.from({ length: most }, (_, index) => allowedTokens[index % allowedTokens.length] ?? 0);
  }
  const once = tokenizer.encode(text);
  const least = options.ignoreEndOfText ? most : options.minTokens;
  if (options.endsAtOnce && least === 0) return [CONTROL.endOfText].slice(0, most);
  if (once.length >= most) return once.slice(0, most);
  if (once.length >= least) return [...once, CONTROL.endOfText];
  const again = once.length > 0 ? once : tokenizer.encode(' .');
  const ids = Array.from({ length: least }, (_, index) => again[index % again.length] ?? 0);
  return ids.length < most ? [...ids, CONTROL.endOfText] : ids;
}

/** Turns tokens into text up to a stop string, the end of which is not shown before it is certain. */
function speak(
  ids: readonly number[],
  stop: readonly string[],
  tokenizer: Tokenizer,
): { readonly tokens: readonly AnswerToken[]; readonly stopReason: string | null } {
  const decoder = createTokenDecoder();
  const held = Math.max(0, ...stop.map((text) => text.length - 1));
  const tokens: AnswerToken[] = [];
  let whole = '';
  let shown = 0;
  for (const [index, id] of ids.entries()) {
    const end = id === CONTROL.endOfText;
    const bytes = end ? new Uint8Array() : tokenizer.bytesOf(id);
    whole += decoder.push(bytes);
    const met = stop.length > 0 ? firstStop(whole, stop) : undefined;
    const last = end || index === ids.length - 1;
    const until = met ? met.at : last ? whole.length : Math.max(shown, whole.length - held);
    const token = wholeText(bytes);
    tokens.push({ id, token, bytes: token === '' ? [] : [...bytes], text: whole.slice(shown, until) });
    if (met) return { tokens, stopReason: met.text };
    shown = until;
  }
  return { tokens, stopReason: null };
}

/** The stop string that comes first in a text. */
function firstStop(
  text: string,
  stop: readonly string[],
): { readonly text: string; readonly at: number } | undefined {
  const [first] = stop
    .map((one) => ({ text: one, at: text.indexOf(one) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return first;
}

const STRICT_DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are whole characters; '' otherwise (409). */
function wholeText(bytes: Uint8Array): string {
  try {
    return STRICT_DECODER.decode(bytes);
  } catch {
    return '';
  }
}
