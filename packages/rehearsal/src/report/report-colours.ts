/** Colours of the charts by meaning, as CSS variables that `report-theme.css` sets for light and dark. */
const PHASE_COLOURS: Readonly<Record<string, string>> = {
  'agent-start': 'var(--c-grey)',
  files: 'var(--c-blue)',
  'engine-start': 'var(--c-violet)',
  'engine-ready': 'var(--c-violet-soft)',
  confinement: 'var(--c-rose)',
  gate: 'var(--c-teal)',
  'in-service': 'var(--c-green)',
  restart: 'var(--c-rose)',
};

export const STATE_COLOURS = {
  initial: 'var(--c-grey)',
  healthy: 'var(--c-green)',
  unhealthy: 'var(--c-red)',
  draining: 'var(--c-amber)',
} as const;

export const OUTCOME_COLOURS = {
  completed: 'var(--c-blue)',
  'errored-clearly': 'var(--c-amber)',
  'truncated-silently': 'var(--c-red)',
} as const;

export const OUTCOME_WORDS: Readonly<Record<keyof typeof OUTCOME_COLOURS, string>> = {
  completed: 'completed',
  'errored-clearly': 'ended in a clear error',
  'truncated-silently': 'cut silently',
};

/** Colour of a phase that an instance went through, also of one that has no colour of its own. */
export function phaseColour(name: string): string {
  return PHASE_COLOURS[name] ?? 'var(--c-rose)';
}
