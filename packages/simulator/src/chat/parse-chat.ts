import { isRecord } from '../json.ts';
import type { ParsedChat } from './chat-request.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkFields } from './check-fields.ts';
import { parseAnswerOptions } from './parse-answer-options.ts';
import { parseMessages } from './parse-messages.ts';
import { validationError } from './validation-error.ts';
import { parameterError, VllmError } from './vllm-error.ts';

export interface ChatLimits {
  readonly servedModelName: string;
  readonly maxModelLen: number;
  readonly maxImages: number;
}

/** Checks in vLLM's order and with vLLM's words. @throws VllmError */
export function parseChat(body: unknown, limits: ChatLimits): ParsedChat {
  if (isRecord(body)) checkCombinations(body);
  const { faults, count } = checkFields(body);
  if (!isRecord(body) || count > 0) throw validationError(faults, count);
  checkModel(body.model, limits);
  const tools = Array.isArray(body.tools) ? body.tools : [];
  refuseKwargs(body);
  const messages = parseMessages(body.messages, limits.maxImages);
  return { ...parseAnswerOptions(body, limits.maxModelLen), messages, tools };
}

/** @throws VllmError with the names that are served. */
function checkModel(model: unknown, { servedModelName }: ChatLimits): void {
  if (typeof model !== 'string' || model === servedModelName) return;
  throw new VllmError(404, `The model \`${model}\` does not exist. Valid aliases: ${servedModelName}.`, {
    param: 'model',
  });
}

function refuseKwargs(body: Readonly<Record<string, unknown>>): void {
  for (const name of ['media_io_kwargs', 'mm_processor_kwargs']) {
    if (!isRecord(body[name])) continue;
    throw parameterError(
      name,
      `Per-request ${name} are disabled by default because they can change multimodal media loading resource usage. Start the server with --trust-request-mm-kwargs only when clients are trusted.`,
    );
  }
  if (typeof body.chat_template === 'string') {
    throw parameterError('chat_template', 'chat_template is not supported for Mistral tokenizers.');
  }
}
