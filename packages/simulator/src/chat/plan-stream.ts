import type { AnswerOptions } from './chat-request.ts';
import type { PreparedChat } from './complete-chat.ts';
import {
  chunk,
  errorFrames,
  FINGERPRINT,
  frame,
  type Identity,
  type UsageDetails,
  type UsageNumbers,
  usageBody,
} from './frames.ts';
import { logprobsOf } from './logprobs.ts';
import type { PlannedAnswer } from './plan-answer.ts';
import { VllmError } from './vllm-error.ts';

/** What a stream writes, ready to be sent; when is up to the engine. */
export interface StreamPlan {
  /** With the first token. */
  readonly opening: string;
  /** Behind each token of the longest answer, of all choices; '' where a chunk waits for more tokens. */
  readonly steps: readonly string[];
  /** Behind the last token. */
  readonly closing: string;
  /** In place of the rest, behind so many frames, when the engine goes (704). */
  readonly abortedBehind: (frames: number) => string;
}

/** How a failure of the engine is told, in a stream and without one (136, 414). */
export function generationError(): VllmError {
  return new VllmError(500, 'Internal server error');
}

/** All frames of a stream (401 to 414). */
export function planStream(
  identity: Identity,
  prepared: PreparedChat,
  options: AnswerOptions,
  details: UsageDetails | null,
): StreamPlan {
  const { prompt, answers } = prepared;
  const length = Math.max(...answers.map(({ tokens }) => tokens.length));
  const failed = answers.some(({ fails }) => fails);
  const frameParts: [before: string, behind: string][] = [];
  const usage = (completionTokens: number) => ({ promptTokens: prompt.ids.length, completionTokens });
  const opening = answers.map((_, index) =>
    frame({
      ...withUsage(chunk(identity, [first(index)]), options, usage(0)),
      prompt_token_ids: options.returnTokenIds ? prompt.ids : null,
      prompt_text: null,
    }),
  );
  const steps = Array.from({ length }, (_, step) =>
    answers.map((answer, index) => writeStep(answer, index, step)).join(''),
  );
  return {
    opening: opening.join(''),
    steps,
    closing: failed ? errorFrames(generationError()) : close(answers.map(({ tokens }) => tokens.length)),
    abortedBehind: (frames) => abort(Math.max(0, Math.floor(frames / answers.length) - 1)),
  };

  function writeStep(answer: PlannedAnswer, index: number, step: number): string {
    const last = step === answer.tokens.length - 1 && !answer.fails;
    if (step >= answer.tokens.length || (!last && step % options.streamInterval !== 0)) return '';
    const from = step === 0 ? 0 : previousChunkEnd(step, options.streamInterval);
    const tokens = answer.tokens.slice(from, step + 1);
    const { topLogprobs } = options;
    const plain = !last && topLogprobs === undefined && !options.returnTokenIds && !options.continuousUsage;
    if (plain) return plainFrame(index, tokens.map(({ text }) => text).join(''));
    const choice = {
      index,
      delta: { content: tokens.map(({ text }) => text).join('') },
      logprobs: topLogprobs === undefined ? null : logprobsOf(tokens, topLogprobs),
      finish_reason: last ? answer.finishReason : null,
      ...(last ? { stop_reason: answer.stopReason } : {}),
      token_ids: options.returnTokenIds ? tokens.map(({ id }) => id) : null,
    };
    const written = withUsage(chunk(identity, [choice]), options, usage(step + 1));
    const fingerprint = last && !options.includeUsage && index === answers.length - 1;
    return frame(fingerprint ? { ...written, system_fingerprint: FINGERPRINT } : written);
  }

  /** A chunk in which nothing but the text is new: its other bytes are made once for each choice. */
  function plainFrame(index: number, text: string): string {
    const [before, behind] = frameParts[index] ?? framesAround(identity, index);
    frameParts[index] = [before, behind];
    return before + JSON.stringify(text) + behind;
  }

  /** Each choice ends with a chunk without text. */
  function abort(chunks: number): string {
    const ends = answers.map((answer, index) => {
      const choice = {
        index,
        delta: { content: '' },
        logprobs: null,
        finish_reason: 'abort',
        stop_reason: null,
        token_ids: null,
      };
      const written = withUsage(chunk(identity, [choice]), options, usage(lengthBehind(answer, chunks)));
      const fingerprint = !options.includeUsage && index === answers.length - 1;
      return frame(fingerprint ? { ...written, system_fingerprint: FINGERPRINT } : written);
    });
    return ends.join('') + close(answers.map((answer) => lengthBehind(answer, chunks)));
  }

  function lengthBehind({ tokens }: PlannedAnswer, chunks: number): number {
    return Math.min(tokens.length, chunks === 0 ? 0 : 1 + (chunks - 1) * options.streamInterval);
  }

  function close(lengths: readonly number[]): string {
    if (!options.includeUsage) return frame('[DONE]');
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const body = {
      ...usageBody(usage(total)),
      ...(details ? { prompt_tokens_details: shown(details) } : {}),
    };
    return frame({ ...chunk(identity, []), usage: body, system_fingerprint: FINGERPRINT }) + frame('[DONE]');
  }
}

/** The role and no text yet. */
function first(index: number): object {
  const delta = { role: 'assistant', content: '' };
  return { index, delta, logprobs: null, finish_reason: null };
}

/** Stands for the text of a chunk; no header and no name can hold it. */
const TEXT = '\0';

/** What stands before and behind the text of a chunk. */
function framesAround(identity: Identity, index: number): [before: string, behind: string] {
  const delta = { content: TEXT };
  const choice = { index, delta, logprobs: null, finish_reason: null, token_ids: null };
  const [before = '', behind = ''] = frame(chunk(identity, [choice])).split(JSON.stringify(TEXT));
  return [before, behind];
}

/** Chunks end behind the first token and then behind every `interval` tokens (408). */
function previousChunkEnd(step: number, interval: number): number {
  return Math.floor((step - 1) / interval) * interval + 1;
}

function withUsage(body: object, options: AnswerOptions, usage: UsageNumbers): object {
  if (!options.continuousUsage) return body;
  return { ...body, usage: { ...usageBody(usage), completion_tokens_details: null } };
}

/** In a stream there is no word of pictures where there are none (611). */
function shown({ multimodal_tokens, ...details }: UsageDetails): object {
  return multimodal_tokens ? { ...details, multimodal_tokens } : details;
}
