import { setTimeout as sleep } from 'node:timers/promises';
import { countImageTokens, fitImageSize, type ImageSize } from '@pixtral-fleet/catalog';
import type { Behaviour } from '../behaviour.ts';
import type { PromptPicture } from '../engine-model/sequence.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { loadAgain, loadMedia } from '../vision/load-media.ts';
import { decodePicture, LARGE_PIXELS, type Picture } from '../vision/picture.ts';
import { answerQuestion } from './answer.ts';
import { type ParsedChat, textOf } from './chat-request.ts';
import { type EncodedPrompt, encodePrompt } from './encode-prompt.ts';
import { type PlannedAnswer, planAnswer } from './plan-answer.ts';
import type { CacheUse, PrefixCache } from './prefix-cache.ts';
import type { PrepareQueue } from './prepare-queue.ts';
import { parameterError, VllmError } from './vllm-error.ts';

/** A request that is ready to be answered: everything that can be wrong with it has been found. */
export interface PreparedChat {
  /** `performance.now()` when the request came in. */
  readonly arrivedMs: number;
  readonly pictures: readonly PromptPicture[];
  readonly prompt: EncodedPrompt;
  readonly cache: CacheUse;
  /** As many as choices were asked for. */
  readonly answers: readonly PlannedAnswer[];
}

export interface PrepareContext {
  readonly behaviour: Behaviour;
  readonly http: HttpOptions;
  readonly tokenizer: Tokenizer;
  readonly queue: PrepareQueue;
  readonly cache: PrefixCache;
  readonly maxModelLen: number;
}

const LARGEST_PICTURE_PIXELS = 1024 * 1024;

/** Decodes the pictures, encodes the prompt and plans the answer. @throws VllmError */
export async function prepareChat(chat: ParsedChat, context: PrepareContext): Promise<PreparedChat> {
  const { behaviour, http, tokenizer, maxModelLen } = context;
  const arrivedMs = performance.now();
  const urls = chat.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'image' ? [part.url] : [])),
  );
  const media = await Promise.all(urls.map((url) => loadMedia(url, http)));
  const pictures: Picture[] = [];
  await context.queue.run(async () => {
    for (const loaded of media) {
      const picture = await decodePicture(await loadAgain(loaded, http), http.maxImagePixels);
      await sleep(behaviour.perPictureMs * preparationShare(loaded.size));
      pictures.push(picture);
      checkPlaceholders(loaded.size, picture);
    }
  });
  const prompt = encodePrompt(chat.messages, chat.tools, pictures, tokenizer);
  const room = maxModelLen - prompt.ids.length;
  if (room < 1) throw tooLong(prompt.ids.length, maxModelLen);
  const said = answerQuestion(textOf(chat.messages), pictures, behaviour);
  // Prompt and answer together above the context: no error, the answer is cut (recorded 324).
  const answer = planAnswer(said, chat, room, tokenizer);
  return {
    arrivedMs,
    pictures: pictures.map(promptPicture),
    prompt,
    cache: context.cache.use(
      prompt.ids,
      media.map(({ digest }) => digest),
    ),
    answers: Array.from({ length: chat.choices }, () => answer),
  };
}

/**
 * How long a picture takes, as a share of what the largest that the model sees takes. What has to be decoded only to be
 * scaled down counts above the size of a large photograph: 144 megapixels took 8 s (252).
 */
function preparationShare(size: ImageSize): number {
  const stored = size.width * size.height;
  const { width, height } = fitImageSize(size);
  return (stored > LARGE_PIXELS ? stored : width * height) / LARGEST_PICTURE_PIXELS;
}

/** 16 pixels to a patch, in both directions. */
function promptPicture(picture: ImageSize): PromptPicture {
  const { width, height } = fitImageSize(picture);
  return { tokens: countImageTokens(picture), patches: Math.ceil(width / 16) * Math.ceil(height / 16) };
}

/**
 * Two parts of vLLM look at a picture, and one of them turns it as EXIF says or loads it by URL again: where the counts
 * of tokens differ, the request dies (226, 250).
 */
function checkPlaceholders(expected: { width: number; height: number }, picture: Picture): void {
  if (countImageTokens(expected) === countImageTokens(picture)) return;
  throw new VllmError(
    500,
    'Expected there to be 1 prompt placeholders corresponding to 1 image items, but instead found 0 prompt placeholders! Make sure the implementation of `_apply_hf_processor_main` and `_get_mm_fields_config` are consistent with each other.',
    { unexpected: true },
  );
}

function tooLong(tokens: number, maxModelLen: number): VllmError {
  return parameterError(
    'input_tokens',
    `This model's maximum context length is ${maxModelLen} tokens. However, your prompt contains ${tokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`,
    String(tokens),
  );
}
