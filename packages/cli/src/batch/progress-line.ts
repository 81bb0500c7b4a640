import type { BatchProgress } from '@pixtral-fleet/client';
import { createLogUpdate } from 'log-update';

/** Milliseconds between two drawings, and between two lines of a log. */
const REDRAW_MS = 200;
const LINE_MS = 10_000;

export interface ProgressLine {
  update(progress: BatchProgress): void;
  close(): void;
}

/** One line that changes on a terminal; a plain line now and then anywhere else. */
export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  const log = stream.isTTY ? createLogUpdate(stream) : undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: BatchProgress | undefined;
  const show = (progress: BatchProgress) => {
    if (log) log(formatProgress(progress));
    else stream.write(`${formatProgress(progress)}\n`);
  };
  return {
    update(progress) {
      last = progress;
      const now = performance.now();
      if (now - shownAt < (log ? REDRAW_MS : LINE_MS)) return;
      shownAt = now;
      show(progress);
    },
    close() {
      if (last) show(last);
      log?.done();
    },
  };
}

/** Such as `120 of 500, 2 failed, 8 at a time, 3.1/s, 2 min left`. */
function formatProgress(progress: BatchProgress): string {
  const { done, failed, total, concurrency, retrying, perSecond, remainingMs } = progress;
  return [
    `${done + failed}${total === undefined ? '' : ` of ${total}`}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${concurrency} at a time`,
    ...(retrying > 0 ? [`${retrying} to be tried again`] : []),
    `${perSecond.toFixed(1)}/s`,
    ...(remainingMs === undefined ? [] : [`${formatTime(remainingMs)} left`]),
  ].join(', ');
}

function formatTime(ms: number): string {
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  return ms < 3_600_000 ? `${Math.ceil(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
