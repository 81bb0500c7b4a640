import { readFileSync } from 'node:fs';
import { formatDuration } from './format-duration.ts';
import { type Html, html, trustedMarkup } from './html-template.ts';
import type { RehearsalDetails, RehearsalFailure } from './rehearsal-details.ts';
import type { RehearsalReport } from './rehearsal-report.ts';
import {
  checkSection,
  drillSection,
  instanceSection,
  phaseSection,
  pictureSection,
} from './report-sections.ts';
import { endOfTimeline } from './timeline-spans.ts';

const STYLE = ['report-theme.css', 'report-page.css', 'report-sections.css']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('');

/** Nothing may be loaded from anywhere: the file is whole, and stays so. */
const CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** The report as one HTML file without any reference to the outside. Everything in it is escaped. */
export function renderReport(report: RehearsalReport, details: RehearsalDetails): string {
  const verdict = report.ok ? 'passed' : 'failed';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<title>Pixtral Fleet rehearsal: ${verdict}</title>
<style>${trustedMarkup(STYLE)}</style>
</head>
<body><main>
<header><h1>Pixtral Fleet rehearsal</h1><span class="verdict ${report.ok ? 'good' : 'bad'}">${report.ok ? '✓ passed' : '✗ failed'}</span>
<p class="muted">${readableTime(details.startedAt)} · ${report.model} · the real stack, agents and checks on one machine</p></header>
${failureSection(report, details.failure)}
${numberSection(report, details)}
${phaseSection(details)}
${instanceSection(details)}
${pictureSection(details)}
${drillSection(report, details)}
${checkSection(report)}
</main></body>
</html>
`.toString();
}

/** What failed and why, before anything else. */
function failureSection(report: RehearsalReport, failure: RehearsalFailure | undefined): Html {
  if (report.ok && !failure) return html``;
  if (!failure) {
    return html`<section class="failure" id="failure"><h2>What failed</h2>
<p>${report.leftovers.length > 0 ? `Left over after destroy: ${report.leftovers.join(', ')}` : 'See the red rows below.'}</p></section>`;
  }
  return html`<section class="failure" id="failure"><h2>Failed at: ${failure.step}</h2><pre>${failure.reason}</pre>
${failure.log !== undefined && html`<p class="muted">More in <code>${failure.log}</code></p>`}</section>`;
}

function numberSection(report: RehearsalReport, details: RehearsalDetails): Html {
  const gate = report.instances.flatMap((instance) => instance.gate);
  const right = gate.filter(({ ok }) => ok).length;
  const passed = report.checks.filter(({ ok }) => ok).length;
  const { drill, leftovers } = report;
  const numbers = [
    tile({
      name: 'Total time',
      value: formatDuration(endOfTimeline(details)),
      note: `${report.template.resources} resources in the stack`,
    }),
    tile({ name: 'Instances', value: report.instances.length, note: bootNote(report) }),
    tile({
      name: 'Pictures seen right',
      value: `${right} of ${gate.length}`,
      note: 'asked by the gates',
      bad: report.instances.some(({ passed }) => !passed),
    }),
    tile({
      name: 'Smoke checks',
      value: `${passed} of ${report.checks.length}`,
      note: report.checks.length === 0 ? 'not run' : 'passed',
      bad: passed < report.checks.length,
    }),
    drill.streams > 0 &&
      tile({
        name: 'Streams cut silently',
        value: drill.truncatedSilently,
        note: `of ${drill.streams} in the drill`,
        bad: drill.truncatedSilently > 0,
      }),
    tile({
      name: 'Left over',
      value: leftovers.length,
      note: leftovers.join(', ') || 'nothing after destroy',
      bad: leftovers.length > 0,
    }),
  ];
  return html`<dl class="numbers">${numbers}</dl>`;
}

function tile(options: {
  readonly name: string;
  readonly value: string | number;
  readonly note: string;
  readonly bad?: boolean;
}): Html {
  const { name, value, note, bad } = options;
  return html`<div><dt>${name}</dt><dd class="${bad ? 'bad-text' : ''}">${value}<small>${note}</small></dd></div>`;
}

function bootNote(report: RehearsalReport): string {
  const boots = report.instances
    .map(({ phases }) => phases.reduce((sum, { ms }) => sum + ms, 0))
    .filter((ms) => ms > 0);
  return boots.length === 0 ? 'none has booted' : `slowest boot ${formatDuration(Math.max(...boots))}`;
}

/** `2026-11-24 04:02 UTC`; what is no time is shown as it is. */
function readableTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
