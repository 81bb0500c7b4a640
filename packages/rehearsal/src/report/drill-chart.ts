import { axisFy, barX, gridX, ruleX, text, tickX } from '@observablehq/plot';
import { drawChart, timeAxis } from './draw-chart.ts';
import type { Html } from './html-template.ts';
import type { DrillRequest, RehearsalDetails } from './rehearsal-details.ts';
import { OUTCOME_COLOURS } from './report-colours.ts';
import { packRows } from './timeline-spans.ts';

const ROW_PX = 10;
const GAP_PX = 14;
const NOBODY = 'no instance';

/** Every stream of the drill as a bar, grouped by the instance that answered, with the drill's moments across. */
export function drawDrill(details: Pick<RehearsalDetails, 'requests' | 'drillEvents'>): Html {
  const { requests, drillEvents } = details;
  const groups = Map.groupBy(requests, ({ instanceId }) => instanceId ?? NOBODY);
  const laid = [...groups].map(([instance, own]) => ({ instance, own, rows: packRows(own) }));
  const tallest = Math.max(1, ...laid.flatMap(({ rows }) => rows.map((row) => row + 1)));
  const bars = laid.flatMap(({ instance, own, rows }) =>
    own.map((request, index) => ({
      ...{ instance, row: rows[index] ?? 0, from: request.startMs / 1_000, to: request.endMs / 1_000 },
      ...{ colour: OUTCOME_COLOURS[request.outcome], failed: request.outcome !== 'completed' },
      title: titleOf(request),
    })),
  );
  const chunks = laid.flatMap(({ instance, own, rows }) =>
    own.flatMap(({ chunksMs = [] }, index) =>
      chunksMs.map((ms) => ({ instance, row: rows[index] ?? 0, at: ms / 1_000 })),
    ),
  );
  const moments = drillEvents.map(({ atMs }, index) => ({ at: atMs / 1_000, label: String(index + 1) }));
  const times = [...bars.flatMap(({ from, to }) => [from, to]), ...moments.map(({ at }) => at)];
  const first = laid[0]?.instance;
  return drawChart(
    {
      height: 72 + laid.length * (tallest * ROW_PX + GAP_PX),
      marginTop: 20,
      x: { domain: [Math.min(...times), Math.max(...times)] },
      y: { domain: Array.from({ length: tallest }, (_, row) => row), axis: null, padding: 0.3 },
      fy: { domain: laid.map(({ instance }) => instance), label: null, padding: 0.12 },
      marks: [
        gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
        timeAxis(),
        axisFy({ anchor: 'left', label: null, tickSize: 0 }),
        barX(bars, {
          fy: 'instance',
          y: 'row',
          x1: 'from',
          x2: 'to',
          fill: 'colour',
          fillOpacity: 0.85,
          rx: 2,
          title: 'title',
        }),
        tickX(chunks, {
          fy: 'instance',
          y: 'row',
          x: 'at',
          stroke: 'var(--paper)',
          strokeOpacity: 0.4,
          strokeWidth: 0.5,
        }),
        tickX(
          bars.filter(({ failed }) => failed),
          { fy: 'instance', y: 'row', x: 'to', stroke: 'var(--ink)', strokeWidth: 2 },
        ),
        ruleX(moments, { x: 'at', stroke: 'var(--ink)', strokeOpacity: 0.55, strokeDasharray: '3,3' }),
        text(
          moments.map((moment) => ({ ...moment, instance: first })),
          {
            fy: 'instance',
            x: 'at',
            text: 'label',
            frameAnchor: 'top',
            dy: -14,
            fontWeight: 700,
            fill: 'var(--ink)',
          },
        ),
      ],
    },
    'Streams of the drill over time, by instance',
  );
}

function titleOf({ id, outcome, error }: DrillRequest): string {
  return error === undefined ? `stream ${id}: ${outcome}` : `stream ${id}: ${outcome} (${error})`;
}
