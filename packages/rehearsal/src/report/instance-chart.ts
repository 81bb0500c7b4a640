import { barX, gridX, ruleX, text } from '@observablehq/plot';
import { drawChart, timeAxis } from './draw-chart.ts';
import type { Html } from './html-template.ts';
import type { RehearsalDetails } from './rehearsal-details.ts';
import { phaseColour, STATE_COLOURS } from './report-colours.ts';
import { targetSpans } from './timeline-spans.ts';

/** A name is written into its bar when the bar is at least this part of the width a character. */
const WIDTH_PER_CHARACTER = 0.0085;

const ROW_PX = 44;
const STRIP_PX = 8;

/** One row an instance: its boot phases as bars, what the load balancer saw of it as a strip below. */
export function drawInstances(details: RehearsalDetails, endMs: number): Html {
  const seconds = (ms: number) => ms / 1_000;
  const phases = details.instances.flatMap(({ id, phases }) =>
    phases.map(({ name, startMs, ms }) => ({
      ...{ id, name, from: seconds(startMs), middle: seconds(startMs + ms / 2), to: seconds(startMs + ms) },
      colour: phaseColour(name),
    })),
  );
  const named = phases.filter(
    ({ name, from, to }) => (to - from) / seconds(endMs) > name.length * WIDTH_PER_CHARACTER,
  );
  const known = new Set(details.instances.map(({ id }) => id));
  const states = targetSpans(details.targetStates, endMs)
    .filter(({ instanceId }) => known.has(instanceId))
    .map(({ instanceId, state, startMs, endMs: until }) => ({
      ...{ id: instanceId, from: seconds(startMs), to: seconds(until), colour: STATE_COLOURS[state] },
    }));
  const moments = details.drillEvents.map(({ atMs }, index) => ({
    at: seconds(atMs),
    label: String(index + 1),
  }));
  const domain = details.instances.map(({ id }) => id);
  return drawChart(
    {
      height: 76 + domain.length * ROW_PX,
      marginTop: 20,
      x: { domain: [0, seconds(endMs)] },
      y: { domain, label: null, tickSize: 0, padding: 0.2 },
      marks: [
        gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
        timeAxis(),
        barX(phases, { y: 'id', x1: 'from', x2: 'to', fill: 'colour', insetBottom: STRIP_PX + 4, rx: 2 }),
        text(named, {
          y: 'id',
          x: 'middle',
          text: 'name',
          fill: 'var(--on-colour)',
          dy: -(STRIP_PX + 4) / 2,
          fontSize: 11,
        }),
        barX(states, {
          y: 'id',
          x1: 'from',
          x2: 'to',
          fill: 'colour',
          insetTop: ROW_PX * 0.8 - STRIP_PX,
          rx: 2,
        }),
        ruleX(moments, { x: 'at', stroke: 'var(--ink)', strokeOpacity: 0.55, strokeDasharray: '3,3' }),
        text(moments, {
          x: 'at',
          text: 'label',
          frameAnchor: 'top',
          dy: -14,
          fontWeight: 700,
          fill: 'var(--ink)',
        }),
      ],
    },
    'Boot phases of the instances and their state in the load balancer over time',
  );
}
