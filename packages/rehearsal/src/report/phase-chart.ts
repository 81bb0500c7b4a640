import { barX, gridX, text } from '@observablehq/plot';
import { drawChart, timeAxis } from './draw-chart.ts';
import { formatDuration } from './format-duration.ts';
import type { Html } from './html-template.ts';
import type { TimedPhase } from './rehearsal-details.ts';

/** One row a step of the rehearsal, in the order of their starts. */
export function drawPhases(phases: readonly TimedPhase[], endMs: number): Html {
  const rows = phases.toSorted((a, b) => a.startMs - b.startMs);
  const bars = rows.map((phase) => ({
    name: phase.name,
    from: phase.startMs / 1_000,
    to: (phase.startMs + phase.ms) / 1_000,
    label: phase.ok ? formatDuration(phase.ms) : `failed after ${formatDuration(phase.ms)}`,
    colour: phase.ok ? 'var(--c-blue)' : 'var(--c-red)',
  }));
  // A label goes to the right of its bar where there is room, else to its left.
  const fits = (bar: { readonly to: number }) => bar.to < (endMs / 1_000) * 0.88;
  const label = { y: 'name', text: 'label', fontVariant: 'tabular-nums' } as const;
  return drawChart(
    {
      height: 64 + rows.length * 26,
      marginTop: 10,
      x: { domain: [0, endMs / 1_000] },
      y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0, padding: 0.25 },
      marks: [
        gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
        timeAxis(),
        barX(bars, { y: 'name', x1: 'from', x2: 'to', fill: 'colour', rx: 3 }),
        text(bars.filter(fits), { ...label, x: 'to', dx: 6, textAnchor: 'start', fill: 'var(--muted)' }),
        text(
          bars.filter((bar) => !fits(bar)),
          { ...label, x: 'from', dx: -6, textAnchor: 'end', fill: 'var(--muted)' },
        ),
      ],
    },
    'Steps of the rehearsal over time',
  );
}
