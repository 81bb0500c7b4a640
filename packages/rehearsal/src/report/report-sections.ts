import { drawDrill } from './drill-chart.ts';
import { formatDuration } from './format-duration.ts';
import { type Html, html } from './html-template.ts';
import { drawInstances } from './instance-chart.ts';
import { drawPhases } from './phase-chart.ts';
import type { AskedPicture, DrillMoment, RehearsalDetails } from './rehearsal-details.ts';
import type { RehearsalReport } from './rehearsal-report.ts';
import { OUTCOME_COLOURS, OUTCOME_WORDS, phaseColour, STATE_COLOURS } from './report-colours.ts';
import { endOfTimeline } from './timeline-spans.ts';

/** What happened at each moment of a drill, in words that need no knowledge of the code. */
const MOMENT_WORDS: Readonly<Record<DrillMoment['kind'], (id: string) => Html>> = {
  terminate: (id) => html`<code>${id}</code> is terminated under load`,
  drained: (id) => html`<code>${id}</code> has finished its streams and is gone`,
  replaced: (id) => html`<code>${id}</code> has taken its place`,
  kill: (id) => html`the model server of <code>${id}</code> is killed`,
  'target-out': (id) => html`the load balancer has taken <code>${id}</code> out`,
  'target-back': (id) => html`the load balancer has taken <code>${id}</code> back`,
  'gate-passed-again': (id) => html`<code>${id}</code> has passed its gate again`,
};

/** Chart of the rehearsal's steps. */
export function phaseSection(details: RehearsalDetails): Html {
  if (details.phases.length === 0) return html``;
  return html`<section id="phases"><h2>Steps</h2>
<p class="muted">They overlap as they do in AWS: while the stack still deploys, instances boot and pass their gates.</p>
${drawPhases(details.phases, endOfTimeline(details))}</section>`;
}

/** Chart of the instances, from their start to their end. */
export function instanceSection(details: RehearsalDetails): Html {
  if (details.instances.length === 0) return html``;
  const names = [...new Set(details.instances.flatMap(({ phases }) => phases.map(({ name }) => name)))];
  return html`<section id="instances"><h2>Instances</h2>
<ul class="legend">${names.map((name) => legendItem(name, phaseColour(name)))}</ul>
<ul class="legend"><li>In the load balancer:</li>${Object.entries(STATE_COLOURS).map(([state, colour]) => legendItem(state, colour, 'strip'))}</ul>
${drawInstances(details, endOfTimeline(details))}
${details.drillEvents.length > 0 && html`<p class="muted">The numbers are the moments told below.</p>`}</section>`;
}

/** What each instance was shown and asked, and what it answered. */
export function pictureSection(details: RehearsalDetails): Html {
  if (details.pictures.length === 0) return html``;
  const instances = [...Map.groupBy(details.pictures, ({ instanceId }) => instanceId)];
  return html`<section id="pictures"><h2>Gate: does the model see?</h2>
<p class="muted">Each instance was asked about pictures made at that moment. It serves only when its answers show plainly that it sees.</p>
${instances.map(
  ([id, pictures]) =>
    html`<h3><code>${id}</code></h3><div class="pictures">${pictures.map(askedPicture)}</div>`,
)}</section>`;
}

/** Chart of the drill's streams with the moments that mattered. */
export function drillSection(report: RehearsalReport, details: RehearsalDetails): Html {
  if (details.requests.length === 0) return html``;
  const { drill } = report;
  return html`<section id="drill"><h2>${details.underLoad === 'update' ? 'Update' : 'Drill'} under load</h2>
<p>${drill.streams} streams: <b>${drill.completed}</b> completed, <b>${drill.erroredClearly}</b> ended in a clear error,
<b class="${drill.truncatedSilently > 0 ? 'bad-text' : 'good-text'}">${drill.truncatedSilently}</b> cut silently.
${drill.terminations} ${drill.terminations === 1 ? 'instance' : 'instances'} ${details.underLoad === 'update' ? 'replaced' : 'terminated'}.
${report.update?.rolledBack && html`The update was rolled back.`}</p>
<ul class="legend">${Object.entries(OUTCOME_COLOURS).map(([outcome, colour]) =>
    legendItem(OUTCOME_WORDS[outcome as keyof typeof OUTCOME_WORDS], colour),
  )}</ul>
${drawDrill(details)}
<ol class="moments">${details.drillEvents.map(
    ({ atMs, kind, instanceId }) =>
      html`<li><time>${formatDuration(atMs)}</time> ${MOMENT_WORDS[kind](instanceId)}</li>`,
  )}</ol></section>`;
}

/** The smoke checks. */
export function checkSection(report: RehearsalReport): Html {
  if (report.checks.length === 0) return html``;
  return html`<section id="checks"><h2>Smoke checks through the load balancer</h2>
<table><thead><tr><th>Check</th><th>Result</th><th class="time">Time</th><th>Evidence</th></tr></thead>
<tbody>${report.checks.map(
    (check) => html`<tr><td>${check.name}</td><td>${verdictWord(check.ok, ['passed', 'failed'])}</td>
<td class="time">${formatDuration(check.ms)}</td><td class="evidence">${check.evidence}</td></tr>`,
  )}</tbody></table></section>`;
}

function askedPicture(asked: AskedPicture): Html {
  // Anything but base64 would end the attribute or name another address.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(asked.picture);
  const picture = isBase64
    ? html`<img src="data:image/png;base64,${asked.picture}" alt="${asked.question}">`
    : html`<div class="no-picture">no picture</div>`;
  return html`<div class="asked${asked.ok ? '' : ' bad'}">${picture}<div><p class="question">${asked.question}</p>
<dl><dt>expected</dt><dd>${asked.expected}</dd><dt>answer</dt><dd>${asked.answer}</dd>
<dt>verdict</dt><dd>${verdictWord(asked.ok, ['right', 'wrong'])} <span class="muted">${formatDuration(asked.ms)}</span></dd></dl></div></div>`;
}

function verdictWord(ok: boolean, [good, bad]: readonly [string, string]): Html {
  return ok ? html`<span class="good-text">✓ ${good}</span>` : html`<span class="bad-text">✗ ${bad}</span>`;
}

function legendItem(name: string, colour: string, shape = ''): Html {
  return html`<li><i class="${shape}" style="background:${colour}"></i>${name}</li>`;
}
