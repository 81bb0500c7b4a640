import { axisX, type Markish, type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Html, trustedMarkup } from './html-template.ts';

/** Width of all charts in their own units; the page scales them. */
const CHART_WIDTH = 1040;

/** Room for row names, the same in all charts so that their time axes can be compared. */
const CHART_MARGIN_LEFT = 176;

/** Room for the time axis: its numbers, and its label below them. */
const MARGIN_BOTTOM = 42;

/** Draws a chart as inline SVG. Colours are CSS variables of the page, so it follows light and dark. */
export function drawChart(options: PlotOptions, description: string): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    width: CHART_WIDTH,
    marginLeft: CHART_MARGIN_LEFT,
    marginRight: 16,
    marginBottom: MARGIN_BOTTOM,
    ...options,
    style: { background: 'transparent', fontSize: '12px', fontFamily: 'inherit', overflow: 'visible' },
    ariaLabel: description,
    document,
  });
  svg.setAttribute('role', 'img');
  return trustedMarkup(String(svg.outerHTML));
}

/** The axis that all charts share. */
export function timeAxis(): Markish {
  return axisX({
    label: 'seconds since the start',
    labelArrow: 'none',
    labelOffset: MARGIN_BOTTOM - 6,
    tickSize: 4,
  });
}
