import type { Behaviour } from '../behaviour.ts';
import type { Engine } from '../engine/engine.ts';
import { engineDead, type Shutdown } from '../http/shutdown.ts';
import { RequestTimes } from '../metrics/request-times.ts';
import type { Counters } from '../metrics-text.ts';
import type { PreparedChat } from './complete-chat.ts';
import { generationError } from './plan-stream.ts';
import type { VllmError } from './vllm-error.ts';

/** What times the answers. */
export interface Pace {
  readonly behaviour: Behaviour;
  readonly engine: Engine;
  readonly counters: Counters;
  readonly shutdown: Shutdown;
  /** Between two comments in a stream that waits for its place. @default Infinity */
  readonly keepAliveSeconds: number;
}

/** How an answer ended. One that never does ends in no way. */
export type AnswerEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: VllmError }
  /** Told to stop behind so many tokens (704). */
  | { readonly kind: 'aborted'; readonly tokens: number };

/** Who hears of an answer. */
export interface AnswerListener {
  readonly streamed: boolean;
  readonly onAdmitted?: () => void;
  /** The tokens from `from` up to `to`, without it, are there, of the longest choice. */
  readonly onTokens?: (from: number, to: number) => void;
  readonly onEnd: (end: AnswerEnd) => void;
}

/** Has the engine answer, and counts what comes; `signal` is the client's leaving, after which nobody hears of anything. */
export function runAnswer(
  prepared: PreparedChat,
  pace: Pace,
  signal: AbortSignal,
  listener: AnswerListener,
): void {
  const { behaviour, engine, counters, shutdown } = pace;
  const { answers, prompt, cache } = prepared;
  const length = lengthOf(prepared);
  const breaksBehind = behaviour.midStreamErrorAfterTokens;
  const breaks = listener.streamed && breaksBehind > 0 && length > breaksBehind;
  const answerTokens = breaks ? breaksBehind : length;
  const times = new RequestTimes(counters, {
    arrivedMs: prepared.arrivedMs,
    promptTokens: prompt.ids.length,
    choices: answers.length,
  });
  let tokens = 0;
  let leave: () => void = () => undefined;
  let forget: () => void = () => undefined;
  if (signal.aborted) return;
  signal.addEventListener('abort', release, { once: true });
  forget = shutdown.onEngineEnd((end) => {
    release();
    if (end === 'abort') finish({ kind: 'aborted', tokens });
    if (end === 'error') finish({ kind: 'failed', error: engineDead() });
  });
  if (shutdown.engineEnded) return;
  leave = engine.submit({
    promptTokens: prompt.ids.length,
    cachedTokens: cache.cached,
    pictures: prepared.pictures,
    answerTokens,
    choices: answers.length,
    streamed: listener.streamed,
    onAdmitted() {
      times.admitted();
      listener.onAdmitted?.();
    },
    onTokens(count) {
      const from = tokens;
      if (from === 0) countPrompt();
      tokens = count;
      times.tokens(count);
      counters.generationTokens += generated(answers, count) - generated(answers, from);
      listener.onTokens?.(from, count);
      if (count < answerTokens) return;
      release();
      const fails = breaks || answers.some((answer) => answer.fails);
      finish(fails ? { kind: 'failed', error: generationError() } : { kind: 'complete' });
    },
  });

  function release(): void {
    forget();
    leave();
    signal.removeEventListener('abort', release);
  }

  function countPrompt(): void {
    counters.promptTokens += prompt.ids.length * answers.length;
    counters.cachedTokens += cache.cached * answers.length;
  }

  function finish(end: AnswerEnd): void {
    for (const { finishReason, fails } of answers) {
      const failed = fails || end.kind === 'failed';
      counters.finished[failed ? 'error' : end.kind === 'aborted' ? 'abort' : finishReason]++;
    }
    times.finished(answers.map((answer) => Math.min(tokens, answer.tokens.length)));
    listener.onEnd(end);
  }
}

function lengthOf({ answers }: PreparedChat): number {
  return Math.max(...answers.map(({ tokens }) => tokens.length));
}

/** Tokens of all choices when the longest has `count`. */
function generated(answers: PreparedChat['answers'], count: number): number {
  return answers.reduce((sum, { tokens }) => sum + Math.min(count, tokens.length), 0);
}
