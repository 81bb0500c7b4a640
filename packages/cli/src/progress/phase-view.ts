import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';

/** One line of progress. */
export interface PhaseLine {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly note: string;
}

export interface PhaseView {
  update(lines: readonly PhaseLine[]): void;
  /** A sentence between the phases: kept above the live list. */
  say(message: string): void;
  close(): void;
}

/** Standard error, or whatever stands for it. */
type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const REDRAW_MS = 1_000;

/** Without a terminal, a phase that only counts on is told again after this. */
const REPEAT_MS = 15_000;

/** A live list on a terminal; elsewhere a line for each change. */
export function createPhaseView(stream: ProgressStream, now: () => number = Date.now): PhaseView {
  return stream.isTTY ? liveView(stream, now) : lineView(stream, now);
}

function liveView(stream: ProgressStream, now: () => number): PhaseView {
  const log = createLogUpdate(stream);
  const beganAt = now();
  let lines: readonly PhaseLine[] = [];
  const draw = () =>
    log(renderPhases(lines, { seconds: (now() - beganAt) / 1_000, columns: stream.columns }));
  const timer = setInterval(draw, REDRAW_MS);
  return {
    update(next) {
      lines = next;
      draw();
    },
    say(message) {
      log.clear();
      stream.write(`${message}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      draw();
      log.done();
    },
  };
}

/** The list as it stands, cut to the terminal's width. Pure. */
export function renderPhases(
  lines: readonly PhaseLine[],
  { seconds, columns = 80 }: { readonly seconds: number; readonly columns?: number | undefined },
): string {
  const width = Math.max(0, ...lines.map(({ name }) => name.length));
  const rows = lines.map(({ name, state, note }) => {
    const room = Math.max(10, columns - width - 5);
    const cut = note.length > room ? `${note.slice(0, room - 1)}…` : note;
    return `${MARKS[state]()} ${name.padEnd(width)}  ${styleText('dim', cut)}`;
  });
  return [...rows, styleText('dim', `  ${formatElapsed(seconds)}`)].join('\n');
}

const MARKS = {
  waiting: () => ' ',
  running: () => styleText('cyan', '●'),
  done: () => styleText('green', '✓'),
  failed: () => styleText('red', '✗'),
} as const;

function formatElapsed(seconds: number): string {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

function lineView(stream: ProgressStream, now: () => number): PhaseView {
  const told = new Map<string, { readonly state: string; readonly note: string; readonly at: number }>();
  return {
    update(lines) {
      for (const { name, state, note } of lines) {
        const last = told.get(name);
        if (state === 'waiting' || (last?.state === state && last.note === note)) continue;
        if (last?.state === state && now() - last.at < REPEAT_MS) continue;
        told.set(name, { state, note, at: now() });
        stream.write(`${name.padEnd(12)} ${state.padEnd(7)} ${note}`.trimEnd().concat('\n'));
      }
    },
    say(message) {
      stream.write(`${message}\n`);
    },
    close() {},
  };
}
