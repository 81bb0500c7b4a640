import { pythonFloat, VllmError, validationError } from './vllm-error.ts';

/** A chat request as far as it decides the answer. */
export interface ParsedChat {
  readonly text: string;
  /** URLs of the pictures, in order. */
  readonly pictures: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxTokens: number | undefined;
  readonly choices: number;
}

export interface ChatLimits {
  readonly servedModelName: string;
  readonly maxModelLen: number;
  readonly maxImages: number;
}

/** Checks in vLLM's order and with vLLM's words. @throws VllmError */
export function parseChat(body: unknown, limits: ChatLimits): ParsedChat {
  if (!isRecord(body)) {
    throw validationError({ type: 'missing', field: '', message: 'Field required', input: 'None' });
  }
  if (body.messages === undefined) {
    const input = `<dict of ${Object.keys(body).length} items>`;
    throw validationError({ type: 'missing', field: 'messages', message: 'Field required', input });
  }
  if (!Array.isArray(body.messages)) {
    const input = String(body.messages);
    throw validationError({
      type: 'list_type',
      field: 'messages',
      message: 'Input should be a valid list',
      input,
    });
  }
  if (typeof body.model === 'string' && body.model !== limits.servedModelName) {
    throw new VllmError(404, `The model \`${body.model}\` does not exist.`, { param: 'model' });
  }
  if (body.messages.length === 0) throw new VllmError(400, 'list index out of range');
  const content = readMessages(body.messages);
  checkTemperature(body.temperature);
  const maxTokens = readMaxTokens(body, limits.maxModelLen);
  if (content.pictures.length > limits.maxImages) {
    const message = `At most ${limits.maxImages} image(s) may be provided in one prompt. (parameter=image)`;
    throw new VllmError(400, message, { param: 'image' });
  }
  const options = isRecord(body.stream_options) ? body.stream_options : {};
  if (isRecord(body.stream_options) && body.stream !== true) {
    throw new VllmError(400, 'Stream options can only be defined when `stream=True`.', {
      param: 'stream_options',
    });
  }
  return {
    ...content,
    stream: body.stream === true,
    includeUsage: options.include_usage === true,
    maxTokens,
    choices: typeof body.n === 'number' ? body.n : 1,
  };
}

function readMessages(messages: readonly unknown[]): {
  readonly text: string;
  readonly pictures: readonly string[];
} {
  const texts: string[] = [];
  const pictures: string[] = [];
  for (const message of messages) {
    const role = isRecord(message) ? message.role : undefined;
    if (!['system', 'user', 'assistant', 'tool', 'developer'].includes(String(role))) {
      throw new VllmError(400, `Unknown message role: ${String(role)}`);
    }
    const content = isRecord(message) ? message.content : undefined;
    if (content === undefined || content === null) throw new VllmError(400, "'content'");
    for (const part of Array.isArray(content) ? content : [{ type: 'text', text: content }]) {
      if (!isRecord(part)) continue;
      if (typeof part.text === 'string') texts.push(part.text);
      if (isRecord(part.image_url) && typeof part.image_url.url === 'string')
        pictures.push(part.image_url.url);
    }
  }
  return { text: texts.join('\n'), pictures };
}

function checkTemperature(value: unknown): void {
  if (value === undefined || value === null) return;
  const number = Number(value);
  if (Number.isNaN(number)) {
    const message = 'Input should be a valid number, unable to parse string as a number';
    throw validationError({ type: 'float_parsing', field: 'temperature', message, input: String(value) });
  }
  const shown = pythonFloat(number);
  if (number < 0) throw wrongTemperature(`temperature must be non-negative, got ${shown}.`, shown);
  if (number > 2) throw wrongTemperature(`temperature must be in [0, 2], got ${shown}.`, shown);
}

function wrongTemperature(message: string, shown: string): VllmError {
  return new VllmError(400, `${message} (parameter=temperature, value=${shown})`, { param: 'temperature' });
}

function readMaxTokens(body: Record<string, unknown>, maxModelLen: number): number | undefined {
  const value = body.max_completion_tokens ?? body.max_tokens;
  if (typeof value !== 'number') return undefined;
  if (value < 1) {
    throw new VllmError(
      400,
      `max_tokens must be at least 1, got ${value}. (parameter=max_tokens, value=${value})`,
      {
        param: 'max_tokens',
      },
    );
  }
  if (value > maxModelLen) {
    throw new VllmError(
      400,
      `max_tokens=${value} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens. (parameter=max_tokens, value=${value})`,
      { param: 'max_tokens' },
    );
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
