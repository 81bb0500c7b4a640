import type { ImageInput, ImagePartOptions } from '../images/image-input.ts';
import { imagePart } from '../images/image-part.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import type { ChatMessage } from '../request/messages.ts';
import type { SamplingFields } from '../request/sampling-fields.ts';
import type { CallOptions } from './chat-types.ts';

/** Of one question about pictures. Fields of sampling are those of `ChatRequest`. */
export interface AskOptions extends CallOptions, Omit<SamplingFields, 'n' | 'max_tokens' | 'temperature'> {
  /** Most tokens of the answer. @default 512 */
  readonly max_tokens?: number;
  /** 0 to 2. @default 0 */
  readonly temperature?: number;
  /** @default - the model that the client was made for */
  readonly model?: string;
  /** What the model is to be and do, said before the question. @default - nothing */
  readonly system?: string;
  /** How each picture is changed before it is sent. @default - not at all */
  readonly prepare?: ImagePartOptions['prepare'];
}

const DEFAULT_MAX_TOKENS = 512;

/** The compiler keeps these the same as `CallOptions`. */
const CALL_OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  signal: true,
  timeoutMs: true,
  retries: true,
  headers: true,
  unchecked: true,
};

/** The request that a question stands for: pictures first, as Mistral's examples have it. */
export async function planQuestion(
  image: ImageInput | readonly ImageInput[],
  question: string,
  { system, prepare, ...options }: AskOptions,
): Promise<{ readonly request: ChatRequest<false, false>; readonly call: CallOptions }> {
  const images: readonly ImageInput[] = isList(image) ? image : [image];
  const { signal } = options;
  const pictures = await Promise.all(
    images.map((each) => imagePart(each, { signal, ...(prepare ? { prepare } : {}) })),
  );
  const messages: readonly ChatMessage[] = [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: [...pictures, { type: 'text', text: question }] },
  ];
  const entries = Object.entries(options);
  const fields = Object.fromEntries(entries.filter(([name]) => !Object.hasOwn(CALL_OPTIONS, name)));
  const call = Object.fromEntries(entries.filter(([name]) => Object.hasOwn(CALL_OPTIONS, name)));
  return { request: { max_tokens: DEFAULT_MAX_TOKENS, temperature: 0, ...fields, messages }, call };
}

function isList(image: ImageInput | readonly ImageInput[]): image is readonly ImageInput[] {
  return Array.isArray(image);
}
