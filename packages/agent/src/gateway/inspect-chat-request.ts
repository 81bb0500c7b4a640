import type { GatewayLimits } from '../config/instance-config.ts';
import { type InspectedImage, inspectImage } from './inspect-image.ts';
import { isRecord } from './is-record.ts';
import { Refusal } from './refusal.ts';

/** What the gateway knows of a request that it passes on. */
export interface InspectedRequest {
  readonly stream: boolean;
  readonly images: readonly InspectedImage[];
  /** Longest answer in tokens that it asks for; undefined where it sets no limit. */
  readonly maxTokens: number | undefined;
  /** Answers that it asks for. */
  readonly choices: number;
}

/** Fields that change how the engine reads the request or have no effect, and what to do instead. */
const REFUSED_FIELDS: Readonly<Record<string, string>> = {
  guided_json: 'removed from vLLM and ignored there; use structured_outputs: {"json": …}',
  guided_regex: 'removed from vLLM and ignored there; use structured_outputs: {"regex": …}',
  guided_choice: 'removed from vLLM and ignored there; use structured_outputs: {"choice": […]}',
  guided_grammar: 'removed from vLLM and ignored there; use structured_outputs: {"grammar": …}',
  extra_body: 'put its fields at the top level',
  chat_template: 'templates run on the server',
  chat_template_kwargs: 'templates run on the server',
  prompt_embeds: 'embeddings are not accepted',
  mm_processor_kwargs: 'the server decides how pictures are read',
  media_io_kwargs: 'the server decides how pictures are read',
  logit_bias: 'a wrong token id poisons the GPU for all later requests',
  priority: 'it has no effect on this server',
};

/** Answers to one request; each takes a place in the batch. */
const MOST_CHOICES = 4;

/**
 * What the engine must never see is refused here, by field and reason. Everything else is the engine's to judge.
 * @throws Refusal and nothing else, whatever the value.
 */
export function inspectChatRequest(
  body: unknown,
  options: { readonly servedModelName: string; readonly limits: GatewayLimits },
): InspectedRequest {
  if (!isRecord(body)) throw new Refusal(400, `the body must be a JSON object, got ${describe(body)}`);
  for (const [field, reason] of Object.entries(REFUSED_FIELDS)) {
    if (body[field] !== undefined)
      throw new Refusal(400, `"${field}" is not accepted: ${reason}`, { param: field });
  }
  if (body.model !== undefined && body.model !== options.servedModelName) {
    throw new Refusal(404, `The model \`${String(body.model).slice(0, 100)}\` does not exist.`, {
      param: 'model',
    });
  }
  checkInteger(body, 'n', 1, MOST_CHOICES);
  checkInteger(body, 'max_tokens', 1, Number.MAX_SAFE_INTEGER);
  checkInteger(body, 'max_completion_tokens', 1, Number.MAX_SAFE_INTEGER);
  return {
    stream: body.stream === true,
    images: inspectMessages(body.messages, options.limits),
    maxTokens: readInteger(body.max_completion_tokens) ?? readInteger(body.max_tokens),
    choices: readInteger(body.n) ?? 1,
  };
}

function inspectMessages(messages: unknown, limits: GatewayLimits): readonly InspectedImage[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, `"messages" must be a list with at least one message, got ${describe(messages)}`, {
      param: 'messages',
    });
  }
  const images: InspectedImage[] = [];
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    if (!isRecord(message))
      throw new Refusal(400, `"${at}" must be an object, got ${describe(message)}`, { param: at });
    if (message.content === undefined || message.content === null) {
      throw new Refusal(400, `"${at}.content" is missing`, { param: `${at}.content` });
    }
    if (!Array.isArray(message.content)) continue;
    for (const [part, content] of message.content.entries()) {
      const image = inspectPart(content, `${at}.content[${part}]`, limits);
      if (image) images.push(image);
      if (images.length > limits.maxImages) {
        throw new Refusal(400, `at most ${limits.maxImages} pictures may be in one request`, {
          param: 'messages',
        });
      }
    }
  }
  return images;
}

function inspectPart(part: unknown, at: string, limits: GatewayLimits): InspectedImage | undefined {
  if (!isRecord(part))
    throw new Refusal(400, `"${at}" must be an object, got ${describe(part)}`, { param: at });
  if (part.type === 'text') return undefined;
  if (part.type !== 'image_url') {
    throw new Refusal(400, `"${at}.type" must be "text" or "image_url", got ${describe(part.type)}`, {
      param: `${at}.type`,
    });
  }
  const url = isRecord(part.image_url) ? part.image_url.url : undefined;
  const param = `${at}.image_url.url`;
  if (typeof url !== 'string')
    throw new Refusal(400, `"${param}" must be a string, got ${describe(url)}`, { param });
  return inspectImage(url, { param, limits });
}

function checkInteger(body: Record<string, unknown>, field: string, least: number, most: number): void {
  const value = body[field];
  if (value === undefined || value === null) return;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`;
  throw new Refusal(400, `"${field}" must be a whole number from ${least} ${upTo}, got ${describe(value)}`, {
    param: field,
  });
}

/** After `checkInteger`: a number, or nothing. */
function readInteger(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(value).slice(0, 80);
}
