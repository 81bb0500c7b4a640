import { styleText } from 'node:util';
import { PHASE_NAMES, type PhaseName, type ProgressEvent } from '@pixtral-fleet/rehearsal';

interface PhaseLine {
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly startedAt: number;
  readonly ms: number;
  readonly note: string;
}

/** A runtime is built only for vLLM, an update takes the place of the drill only when it is asked for. */
const ON_REQUEST: ReadonlySet<PhaseName> = new Set(['runtime', 'update']);

/** The list of phases as it stands, made from the events so far. Pure: the clock is passed in. */
export class ProgressLines {
  readonly #phases = new Map<PhaseName, PhaseLine>();
  #setup = '';

  update(event: ProgressEvent, now: number): void {
    if (event.type === 'setup') this.#setup = event.note;
    if (event.type === 'phase-start') {
      this.#setup = '';
      this.#phases.set(event.phase, { state: 'running', startedAt: now, ms: 0, note: '' });
    }
    if (event.type === 'phase-note') {
      const line = this.#phases.get(event.phase);
      if (line) this.#phases.set(event.phase, { ...line, note: event.note });
    }
    if (event.type === 'phase-end') {
      const state = event.ok ? 'done' : 'failed';
      this.#phases.set(event.phase, {
        state,
        startedAt: now - event.ms,
        ms: event.ms,
        note: event.note ?? '',
      });
    }
  }

  /** One line a phase; phases that have not begun are dimmed. */
  render(now: number): string {
    const shown = PHASE_NAMES.filter((name) => !ON_REQUEST.has(name) || this.#phases.has(name));
    const lines = shown.map((name) => formatPhase(name, this.#phases.get(name), now));
    return [...lines, ...(this.#setup ? [styleText('dim', `  ${this.#setup}`)] : [])].join('\n');
  }
}

/** One finished or begun step as a line of a log that is not a terminal; undefined for events that say nothing new. */
export function formatEvent(event: ProgressEvent): string | undefined {
  if (event.type === 'setup') return event.note;
  if (event.type === 'phase-note') return `${event.phase.padEnd(10)} … ${event.note}`;
  if (event.type === 'phase-end') {
    return `${event.phase.padEnd(10)} ${event.ok ? 'ok' : 'FAILED'} ${seconds(event.ms)}${event.note ? `  ${event.note}` : ''}`;
  }
  return undefined;
}

function formatPhase(name: PhaseName, line: PhaseLine | undefined, now: number): string {
  if (!line) return styleText('dim', `  ${name}`);
  const mark = {
    waiting: ' ',
    running: styleText('cyan', '●'),
    done: styleText('green', '✓'),
    failed: styleText('red', '✗'),
  }[line.state];
  const ms = line.state === 'running' ? now - line.startedAt : line.ms;
  return `${mark} ${name.padEnd(10)} ${seconds(ms).padStart(7)}  ${styleText('dim', line.note)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
