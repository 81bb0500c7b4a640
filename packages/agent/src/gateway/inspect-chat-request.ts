import { refuseImageCount } from '@pixtral-fleet/catalog';
import type { GatewayLimits } from '../config/instance-config.ts';
import { type InspectedImage, inspectImage } from './inspect-image.ts';
import { isRecord } from './is-record.ts';
import { Refusal } from './refusal.ts';
import { checkCombinations, longestAnswer } from './request/check-combinations.ts';
import { checkContext } from './request/check-context.ts';
import { requestFields } from './request/fields.ts';
import { inspectMessages } from './request/inspect-messages.ts';
import { readEngineArguments } from './request/request-context.ts';
import { describe, refuse } from './request/rules.ts';

/** What the gateway knows of a request that it passes on. */
export interface InspectedRequest {
  readonly stream: boolean;
  readonly images: readonly InspectedImage[];
  /** Longest answer in tokens that it asks for; undefined where it sets no limit. */
  readonly maxTokens: number | undefined;
  /** Answers that it asks for. */
  readonly choices: number;
}

export interface InspectOptions {
  readonly servedModelName: string;
  readonly limits: GatewayLimits;
  /** Of `vllm serve`: they tell the context's length, and whether tools are served. @default [] */
  readonly engineArgs?: readonly string[];
}

/**
 * What is not known to be harmless is refused here, by field and reason: unknown fields too, since vLLM ignores them
 * without a word.
 * @throws Refusal and nothing else, whatever the value.
 */
export function inspectChatRequest(body: unknown, options: InspectOptions): InspectedRequest {
  const { servedModelName, limits, engineArgs = [] } = options;
  if (!isRecord(body)) throw new Refusal(400, `the body must be a JSON object, got ${describe(body)}`);
  const context = { limits: limits.requests, ...readEngineArguments(engineArgs) };
  checkFields(body, requestFields(context));
  checkModel(body.model, servedModelName);
  checkCombinations(body);
  const pictures = inspectMessages(body.messages, context);
  const tooMany = refuseImageCount(pictures.length, limits);
  if (tooMany !== undefined) throw new Refusal(400, tooMany, { param: 'messages' });
  const images = pictures.map(({ at, url }) => inspectImage(url, { param: at, limits }));
  const maxTokens = longestAnswer(body);
  const field = typeof body.max_completion_tokens === 'number' ? 'max_completion_tokens' : 'max_tokens';
  checkContext({
    imageTokens: images.reduce((sum, { tokens }) => sum + tokens, 0),
    images: images.length,
    longestAnswer: maxTokens === undefined ? undefined : { field, tokens: maxTokens },
    contextTokens: context.contextTokens,
  });
  return {
    stream: body.stream === true,
    images,
    maxTokens,
    choices: typeof body.n === 'number' ? body.n : 1,
  };
}

function checkFields(
  body: Readonly<Record<string, unknown>>,
  fields: ReturnType<typeof requestFields>,
): void {
  for (const [field, value] of Object.entries(body)) {
    const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!rule) {
      refuse(
        field.slice(0, 64),
        'is not a field of a chat completion request; the model server would ignore it',
      );
    }
    rule(value, field);
  }
}

/** In vLLM's own words. */
function checkModel(model: unknown, servedModelName: string): void {
  if (model === undefined || model === null || model === servedModelName) return;
  if (typeof model !== 'string') refuse('model', `must be a string, got ${describe(model)}`);
  throw new Refusal(404, `The model \`${model.slice(0, 100)}\` does not exist.`, { param: 'model' });
}
