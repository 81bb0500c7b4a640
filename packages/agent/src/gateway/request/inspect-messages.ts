import type { RequestContext } from './request-context.ts';
import { describe, mustBe, oneOf, orNull, type Rule, refuse, requireRecord, text } from './rules.ts';
import { toolCalls } from './tools.ts';

/** A picture in a message, not looked at yet. */
export interface PictureReference {
  /** Path of its URL in the request. */
  readonly at: string;
  readonly url: string;
}

const MOST_PARTS = 256;

/** Spelt out in a text, they become the tokens that stand for pictures where the tokenizer is Hugging Face's. */
const PICTURE_TOKENS = ['[IMG]', '[IMG_BREAK]', '[IMG_END]'];

/** What servers write into their answers, and people therefore send back: nothing, but by name. */
const nothing: Rule = (value, at) => {
  const isNothing = value === null || (Array.isArray(value) && value.length === 0);
  if (!isNothing) refuse(at, `is not accepted: only null, got ${describe(value)}`);
};
const SENT_BACK = ['refusal', 'annotations', 'audio', 'function_call', 'reasoning', 'reasoning_content'];

/** Fields of a message beside role and content. */
function otherFields(role: string, servesTools: boolean): Readonly<Record<string, Rule>> {
  const name = { name: orNull(text(0, 128)) };
  if (role === 'tool') return { ...name, tool_call_id: text(1, 128) };
  if (role !== 'assistant') return name;
  const sentBack = Object.fromEntries(SENT_BACK.map((field) => [field, nothing]));
  return { ...name, ...sentBack, tool_calls: servesTools ? orNull(toolCalls) : nothing };
}

/**
 * Roles, fields and texts of all messages.
 * @returns the pictures, in their order
 */
export function inspectMessages(messages: unknown, context: RequestContext): readonly PictureReference[] {
  const { maxMessages, maxTextBytes } = context.limits;
  if (!Array.isArray(messages) || messages.length === 0) {
    mustBe('messages', 'a list with at least one message', messages);
  }
  if (messages.length > maxMessages) {
    refuse('messages', `must have at most ${maxMessages} entries, got ${messages.length}`);
  }
  const roles = ['system', 'developer', 'user', 'assistant', ...(context.servesTools ? ['tool'] : [])];
  const pictures: PictureReference[] = [];
  let textBytes = 0;
  for (const [index, value] of messages.entries()) {
    const at = `messages[${index}]`;
    const message = requireRecord(value, at);
    oneOf(...roles)(message.role, `${at}.role`);
    const role = String(message.role);
    const fields = otherFields(role, context.servesTools);
    for (const [field, entry] of Object.entries(message)) {
      if (field === 'role' || field === 'content') continue;
      const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (!rule) refuse(`${at}.${field.slice(0, 64)}`, `is not a field of a message of role "${role}"`);
      rule(entry, `${at}.${field}`);
    }
    if (role === 'tool' && message.tool_call_id === undefined) refuse(`${at}.tool_call_id`, 'is missing');
    for (const part of partsOf(message, at)) {
      if (part.type === 'text') textBytes += inspectText(part.value, part.at);
      else pictures.push(inspectPicture(part.value, part.at, role));
    }
    if (textBytes > maxTextBytes) {
      refuse('messages', `must have at most ${maxTextBytes} bytes of text in all`);
    }
  }
  if (messages.at(-1).role === 'assistant') {
    refuse(
      `messages[${messages.length - 1}].role`,
      'must not be "assistant" in the last message: nothing is asked',
    );
  }
  return pictures;
}

interface Part {
  readonly type: 'text' | 'image_url';
  /** The text, or what stands as picture. */
  readonly value: unknown;
  readonly at: string;
}

function partsOf(message: Readonly<Record<string, unknown>>, messageAt: string): readonly Part[] {
  const { content } = message;
  const at = `${messageAt}.content`;
  const hasCalls = Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
  if (content === undefined || content === null) {
    if (hasCalls) return [];
    refuse(at, 'is missing');
  }
  if (typeof content === 'string') return [{ type: 'text', value: content, at }];
  if (!Array.isArray(content)) mustBe(at, 'a string or a list of parts', content);
  if (content.length === 0 || content.length > MOST_PARTS) {
    refuse(at, `must have 1 to ${MOST_PARTS} parts, got ${content.length}`);
  }
  return content.map((part, index) => readPart(part, `${at}[${index}]`));
}

function readPart(value: unknown, at: string): Part {
  const part = requireRecord(value, at);
  const { type } = part;
  if (type !== 'text' && type !== 'image_url') mustBe(`${at}.type`, '"text" or "image_url"', type);
  for (const field of Object.keys(part)) {
    if (field === 'uuid') {
      refuse(`${at}.uuid`, 'is not accepted: pictures are told apart by their content, never by a name');
    }
    if (field !== 'type' && field !== type) {
      refuse(`${at}.${field.slice(0, 64)}`, `is not a field of a part of type "${type}"`);
    }
  }
  return { type, value: part[type], at: `${at}.${type}` };
}

/** @returns its bytes */
function inspectText(value: unknown, at: string): number {
  if (typeof value !== 'string') mustBe(at, 'a string', value);
  const token = PICTURE_TOKENS.find((each) => value.includes(each));
  if (token)
    refuse(at, `must not spell the model's picture token "${token}": write it otherwise, such as "(IMG)"`);
  return Buffer.byteLength(value);
}

const detail = orNull(oneOf('auto', 'low', 'high', 'original'));

function inspectPicture(value: unknown, at: string, role: string): PictureReference {
  if (role !== 'user') refuse(at, `must be in a message of role "user", got "${role}"`);
  const picture = requireRecord(value, at);
  for (const [field, entry] of Object.entries(picture)) {
    if (field === 'url') continue;
    if (field !== 'detail')
      refuse(`${at}.${field.slice(0, 64)}`, 'is not accepted: known are url and detail');
    detail(entry, `${at}.detail`);
  }
  if (typeof picture.url !== 'string') mustBe(`${at}.url`, 'a string', picture.url);
  return { at: `${at}.url`, url: picture.url };
}
