import { isRecord } from '../json.ts';
import type { ChatMessage, ChatPart } from './chat-request.ts';
import { pythonRepr, shortened } from './python-text.ts';
import { badRequest, parameterError } from './vllm-error.ts';

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

/** As vLLM and mistral-common read messages: some faults are bare Python (306, 310). @throws VllmError */
export function parseMessages(messages: unknown, maxImages: number): readonly ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) throw badRequest('list index out of range');
  const parsed = messages.map(parseMessage);
  const pictures = parsed.flatMap(({ parts }) => parts.filter((part) => part.type === 'image'));
  if (pictures.length > maxImages) {
    throw parameterError('image', `At most ${maxImages} image(s) may be provided in one prompt.`);
  }
  for (const message of parsed) refusePicture(message);
  if (parsed.at(-1)?.role === 'assistant') {
    throw badRequest(
      'Cannot set `add_generation_prompt` to True when the last message is from the assistant. Consider using `continue_final_message` instead.',
    );
  }
  return parsed;
}

function parseMessage(message: unknown): ChatMessage {
  const { role, content } = isRecord(message) ? message : {};
  const known = ROLES[String(role)];
  if (!known) throw badRequest(`Unknown message role: ${String(role)}`);
  if (content === undefined || content === null) {
    if (known === 'assistant') return { role: known, parts: [] };
    throw badRequest("'content'");
  }
  const parts = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  return { role: known, parts: parts.map(parsePart) };
}

const PART_TYPES =
  'audio_embeds, audio_url, image_embeds, image_pil, image_url, input_audio, input_image, input_text, output_text, prompt_embeds, refusal, text, thinking, tool_reference, video_embeds, video_url';

function parsePart(part: unknown): ChatPart {
  if (typeof part === 'string') return { type: 'text', text: part };
  const { type, text, image_url, uuid } = isRecord(part) ? part : {};
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: String(text ?? '') };
    case 'image_url':
      return { type: 'image', url: readPictureUrl(image_url, uuid) };
    case 'image_embeds':
      throw parameterError('image_embeds', 'You must set `--enable-mm-embeds` to input `image_embeds`');
    case 'input_audio':
    case 'audio_url':
      throw parameterError('audio', 'At most 0 audio(s) may be provided in one prompt.');
    case 'video_url':
      throw parameterError('video', 'At most 0 video(s) may be provided in one prompt.');
    default:
      throw parameterError(
        'type',
        `Unsupported chat content part type: ${pythonRepr(String(type))}. Supported types: ${PART_TYPES}.`,
        String(type),
      );
  }
}

const DETAILS = ['auto', 'low', 'high', 'original'];

/** One line of pydantic about a part, with a link to its manual. */
function pydanticLine(
  path: string,
  message: string,
  fault: { type: string; repr: string; python: string },
): string {
  return `${path}\n  ${message} [type=${fault.type}, input_value=${shortened(fault.repr)}, input_type=${fault.python}]\n    For further information visit https://errors.pydantic.dev/2.14/v/${fault.type}`;
}

function readPictureUrl(value: unknown, uuid: unknown): string {
  if ((value === null || value === undefined) && uuid !== undefined) {
    const none = { repr: 'None', python: 'NoneType' };
    const lines = [
      pydanticLine('image_url.ImageURL', 'Input should be a valid dictionary or instance of ImageURL', {
        type: 'model_type',
        ...none,
      }),
      pydanticLine('image_url.str', 'Input should be a valid string', { type: 'string_type', ...none }),
    ];
    throw badRequest(`2 validation errors for ImageURLChunk\n${lines.join('\n')}`);
  }
  const refuse = (...line: Parameters<typeof pydanticLine>) =>
    badRequest(`1 validation error for ChatCompletionContentPartImageParam\n${pydanticLine(...line)}`);
  if (!isRecord(value)) {
    const fault =
      typeof value === 'string'
        ? { repr: pythonRepr(value), python: 'str' }
        : { repr: 'None', python: 'NoneType' };
    throw refuse('image_url', 'Input should be a valid dictionary', { type: 'dict_type', ...fault });
  }
  const { url, detail } = value;
  if (typeof url !== 'string') {
    throw refuse('image_url.url', 'Field required', { type: 'missing', repr: '{}', python: 'dict' });
  }
  if (detail !== undefined && detail !== null && !DETAILS.includes(String(detail))) {
    throw refuse('image_url.detail', "Input should be 'auto', 'low', 'high' or 'original'", {
      type: 'literal_error',
      repr: pythonRepr(String(detail)),
      python: 'str',
    });
  }
  return url;
}

/** Only a user may show pictures (259, 269). */
function refusePicture({ role, parts }: ChatMessage): void {
  if (role === 'user' || !parts.some((part) => part.type === 'image')) return;
  const chunks = parts.map((part) =>
    part.type === 'text'
      ? `TextChunk(type='text', text=${pythonRepr(part.text)})`
      : `ImageURLChunk(type='image_url', image_url=ImageURL(url=${pythonRepr(part.url)}, detail=None))`,
  );
  const calls = role === 'assistant' ? ", 'tool_calls': []" : '';
  const repr = `{'role': '${role}', 'content': [${chunks.join(', ')}]${calls}}`;
  const name = `${role.charAt(0).toUpperCase()}${role.slice(1)}Message`;
  const message = `Value error, ImageURLChunk cannot be used in ${role} message.`;
  throw badRequest(
    `1 validation error for ${name}\n  ${message} [type=value_error, input_value=${shortened(repr)}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.14/v/value_error`,
  );
}
