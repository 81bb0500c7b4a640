import { fitImageSize, type ImageSize } from '@pixtral-fleet/catalog';
import { CONTROL, type Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ChatMessage, ChatPart } from './chat-request.ts';
import { pythonJson } from './python-text.ts';

/** What the model is given. */
export interface EncodedPrompt {
  readonly ids: readonly number[];
  /** How many of the ids stand for pictures. */
  readonly imageTokens: number;
}

const PATCH_PX = 16;

/**
 * Mistral's chat template for Tekken v3, as recorded (010, 011, 114, 115, 118, 128, 260): neighbours of one role are
 * joined by an empty line, the system prompt and the tools come with the last message of the user, and a picture is
 * rows of `[IMG]` with `[IMG_BREAK]` between and `[IMG_END]` after.
 *
 * @param sizes of the pictures, in pixels, in the order in which the messages name them.
 */
export function encodePrompt(
  messages: readonly ChatMessage[],
  tools: readonly unknown[],
  sizes: readonly ImageSize[],
  tokenizer: Tokenizer,
): EncodedPrompt {
  const turns = joinNeighbours(messages.filter(({ role }) => role !== 'system'));
  const system = textOfParts(messages.flatMap(({ role, parts }) => (role === 'system' ? parts : [])));
  const lastOfUser = turns.findLastIndex(({ role }) => role === 'user');
  const pictures = sizes.map(encodePicture);
  let shown = 0;
  const encodePart = (part: ChatPart): readonly number[] =>
    part.type === 'text' ? tokenizer.encode(part.text) : (pictures[shown++] ?? []);
  const ids: number[] = [CONTROL.beginOfText];
  for (const [index, turn] of turns.entries()) {
    if (turn.role === 'tool') {
      const result = pythonJson({ name: null, content: textOfParts(turn.parts) });
      ids.push(CONTROL.beginToolResults, ...tokenizer.encode(result), CONTROL.endToolResults);
      continue;
    }
    if (turn.role === 'assistant') {
      ids.push(...tokenizer.encode(textOfParts(turn.parts).replace(/ +$/, '')), CONTROL.endOfText);
      continue;
    }
    const last = index === lastOfUser;
    if (last && tools.length > 0) {
      ids.push(CONTROL.beginTools, ...tokenizer.encode(pythonJson(tools)), CONTROL.endTools);
    }
    ids.push(CONTROL.beginInstruction);
    const parts = withPictureFirst(turn.parts);
    for (const part of last ? withSystem(system, parts) : parts) append(ids, encodePart(part));
    ids.push(CONTROL.endInstruction);
  }
  return { ids, imageTokens: pictures.reduce((sum, rows) => sum + rows.length, 0) };
}

/** Too many for the arguments of `push`. */
function append(ids: number[], more: readonly number[]): void {
  for (const id of more) ids.push(id);
}

function textOfParts(parts: readonly ChatPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n');
}

/** One picture behind texts is put before them (216); mistral-common calls it a compatibility hack. */
function withPictureFirst(parts: readonly ChatPart[]): readonly ChatPart[] {
  const last = parts.at(-1);
  const before = parts.slice(0, -1);
  return last?.type === 'image' && before.every(({ type }) => type === 'text') ? [last, ...before] : parts;
}

/** In front of a text it becomes a part of it, in front of a picture a text of its own. */
function withSystem(system: string, parts: readonly ChatPart[]): readonly ChatPart[] {
  if (system === '') return parts;
  const text: ChatPart = { type: 'text', text: system };
  if (parts.every(({ type }) => type === 'text')) return joinTexts([text, ...parts]);
  return [{ type: 'text', text: `${system}\n\n` }, ...parts];
}

function joinNeighbours(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const turns: ChatMessage[] = [];
  for (const message of messages) {
    const before = turns.at(-1);
    if (before?.role === message.role && message.role !== 'tool') {
      turns[turns.length - 1] = { role: message.role, parts: joinTexts([...before.parts, ...message.parts]) };
    } else {
      turns.push({ role: message.role, parts: joinTexts(message.parts) });
    }
  }
  return turns;
}

/** Texts beside each other become one. */
function joinTexts(parts: readonly ChatPart[]): readonly ChatPart[] {
  const joined: ChatPart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (part.type === 'text' && before?.type === 'text') {
      joined[joined.length - 1] = { type: 'text', text: `${before.text}\n\n${part.text}` };
    } else {
      joined.push(part);
    }
  }
  return joined;
}

function encodePicture(size: ImageSize): readonly number[] {
  const { width, height } = fitImageSize(size);
  const columns = Math.ceil(width / PATCH_PX);
  const rows = Math.ceil(height / PATCH_PX);
  return Array.from({ length: rows * (columns + 1) }, (_, index) => {
    if (index % (columns + 1) < columns) return CONTROL.image;
    return index === rows * (columns + 1) - 1 ? CONTROL.imageEnd : CONTROL.imageBreak;
  });
}
