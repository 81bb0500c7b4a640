import { setTimeout as sleep } from 'node:timers/promises';
import { fitImageSize } from '@pixtral-fleet/catalog';
import type { Behaviour } from '../behaviour.ts';
import type { Scheduler } from '../scheduler.ts';
import { decodePicture, type Picture } from '../vision/picture.ts';
import { answerQuestion } from './answer.ts';
import type { ChatLimits, ParsedChat } from './parse-chat.ts';
import { countPromptTokens, splitTokens } from './tokens.ts';
import { VllmError } from './vllm-error.ts';

/** A request that is ready to be answered: everything that can be wrong with it has been found. */
export interface PreparedChat {
  readonly tokens: readonly string[];
  readonly promptTokens: number;
  readonly finishReason: 'stop' | 'length';
}

const LARGEST_PICTURE_PIXELS = 1024 * 1024;

/** Decodes the pictures, counts the prompt and finds the answer. @throws VllmError */
export async function prepareChat(
  chat: ParsedChat,
  context: { readonly behaviour: Behaviour; readonly scheduler: Scheduler; readonly limits: ChatLimits },
): Promise<PreparedChat> {
  const { behaviour, scheduler, limits } = context;
  const pictures: Picture[] = [];
  for (const url of chat.pictures) {
    pictures.push(await scheduler.prepare(() => loadPicture(url, behaviour.perPictureMs)));
  }
  const promptTokens = countPromptTokens(chat.text, pictures);
  const room = limits.maxModelLen - promptTokens;
  if (room < 1) {
    throw new VllmError(
      400,
      `This model's maximum context length is ${limits.maxModelLen} tokens. However, your prompt contains ${promptTokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=${promptTokens})`,
      { param: 'input_tokens' },
    );
  }
  const all = splitTokens(answerQuestion(chat.text, pictures, behaviour));
  // Prompt and answer together above the context: no error, the answer is cut (recorded 324).
  const most = Math.min(chat.maxTokens ?? room, room);
  return { tokens: all.slice(0, most), promptTokens, finishReason: all.length > most ? 'length' : 'stop' };
}

async function loadPicture(url: string, perPictureMs: number): Promise<Picture> {
  const picture = await decodePicture(url);
  const { width, height } = fitImageSize(picture);
  await sleep((perPictureMs * width * height) / LARGEST_PICTURE_PIXELS);
  return picture;
}
