import { Readable } from 'node:stream';
import type { PreparedChat } from './complete-chat.ts';
import { errorFrames } from './frames.ts';
import type { StreamPlan } from './plan-stream.ts';
import { type AnswerEnd, type Pace, runAnswer } from './run-answer.ts';

/**
 * Takes the time that an answer takes; resolves with it, or with what there is of it when the engine stops (704).
 *
 * @throws VllmError when it fails.
 */
export function waitForAnswer(
  prepared: PreparedChat,
  pace: Pace,
  signal: AbortSignal,
): Promise<PreparedChat> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    runAnswer(prepared, pace, signal, {
      streamed: false,
      onEnd(end) {
        if (end.kind === 'failed') reject(end.error);
        else resolve(end.kind === 'complete' ? prepared : cut(prepared, end.tokens));
      },
    });
  });
}

/** The frames of a plan, each at its time. */
export function playStream(
  plan: StreamPlan,
  prepared: PreparedChat,
  pace: Pace,
  signal: AbortSignal,
): Readable {
  const events = new Readable({ read: () => undefined });
  const comments = repeatComment(events, pace.keepAliveSeconds);
  signal.addEventListener('abort', () => clearInterval(comments), { once: true });
  let begun = false;
  let frames = '';
  runAnswer(prepared, pace, signal, {
    streamed: true,
    onAdmitted: () => clearInterval(comments),
    onTokens(from, to) {
      frames += begin();
      for (let step = from; step < to; step++) frames += plan.steps[step] ?? '';
      // What ends the stream goes with the last token: see below.
      if (to < plan.steps.length) flush();
    },
    onEnd(end) {
      clearInterval(comments);
      frames += begin() + ending(plan, end);
      flush();
      events.push(null);
    },
  });
  return events;

  function begin(): string {
    if (begun) return '';
    begun = true;
    return plan.opening;
  }

  function flush(): void {
    if (frames !== '') events.push(frames);
    frames = '';
  }
}

function ending(plan: StreamPlan, end: AnswerEnd): string {
  if (end.kind === 'complete') return plan.closing;
  if (end.kind === 'failed') return errorFrames(end.error);
  const written = plan.opening + plan.steps.slice(0, end.tokens).join('');
  return plan.abortedBehind(written.split('\n\n').length - 1);
}

/** Comments while a stream waits (621). */
function repeatComment(events: Readable, seconds: number): NodeJS.Timeout | undefined {
  if (!Number.isFinite(seconds)) return undefined;
  return setInterval(() => events.push(': keep-alive\n\n'), seconds * 1_000);
}

function cut(prepared: PreparedChat, tokens: number): PreparedChat {
  const answers = prepared.answers.map((answer) => ({
    ...answer,
    tokens: answer.tokens.slice(0, tokens),
    finishReason: 'abort' as const,
    stopReason: null,
  }));
  return { ...prepared, answers };
}
