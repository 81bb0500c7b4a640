import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceHistory } from './instances/local-fleet.ts';
import type { Findings } from './rehearse.ts';
import {
  type RehearsalDetails,
  type RehearsalFailure,
  type RehearsalReport,
  renderReport,
} from './report/index.ts';
import { RehearsalError, RehearsalInterrupted } from './run/failure.ts';

export interface RehearsalResult {
  readonly report: RehearsalReport;
  readonly jsonFile: string;
  readonly htmlFile: string;
  /** Absent when nothing failed. */
  readonly failure: (RehearsalFailure & { readonly logFile?: string | undefined }) | undefined;
  readonly interrupted: boolean;
  /** The error itself when nobody foresaw it: a defect of the rehearsal, to be shown with its stack. */
  readonly unexpected: Error | undefined;
}

export interface Ending {
  readonly failure: unknown;
  readonly failedPhase: string | undefined;
  readonly leftovers: readonly string[];
}

/** Writes `.rehearsal/report.json` and `report.html`, whatever the rehearsal has come to. */
export async function writeReport(findings: Findings, ending: Ending): Promise<RehearsalResult> {
  const { log, directory } = findings;
  log.start('report');
  const history = findings.history;
  const failure = describeFailure(ending, history);
  const phases = log.records().map(({ name, ms, ok }) => ({ name, ms, ok }));
  const report: RehearsalReport = {
    version: 1,
    ok: failure === undefined && ending.leftovers.length === 0,
    engine: findings.engine.name,
    model: findings.engine.description,
    phases,
    instances: history.map(({ id, report: boot }) => ({
      id,
      phases: (boot?.phases ?? []).map(({ name, ms }) => ({ name, ms })),
      passed: boot?.ok ?? false,
      gate: (boot?.gate ?? []).map(({ question, expected, answer, ok }) => ({
        question,
        expected,
        answer,
        ok,
      })),
    })),
    checks: (findings.smoke?.checks ?? []).map(({ name, ok, ms, evidence }) => ({ name, ok, ms, evidence })),
    drill: countStreams(findings),
    update: describeUpdate(findings),
    template: { resources: await countResources(directory.cdk) },
    failure: failure && { step: failure.step, reason: failure.reason },
    leftovers: ending.leftovers,
  };
  const jsonFile = join(directory.output, 'report.json');
  const htmlFile = join(directory.output, 'report.html');
  const details = collectDetails(findings, failure);
  await writeFile(htmlFile, renderReport(report, details));
  log.end('report', { ok: true, note: htmlFile });
  // Its own time is known only now, and belongs into the file.
  const timed: RehearsalReport = {
    ...report,
    phases: log.records().map(({ name, ms, ok }) => ({ name, ms, ok })),
  };
  await writeFile(jsonFile, `${JSON.stringify(timed, null, 2)}\n`);
  return {
    report: timed,
    jsonFile,
    htmlFile,
    failure: failure && { ...failure, logFile: failure.log },
    interrupted: ending.failure instanceof RehearsalInterrupted,
    unexpected: isUnexpected(ending.failure) ? ending.failure : undefined,
  };
}

function isUnexpected(error: unknown): error is Error {
  return (
    error instanceof Error && !(error instanceof RehearsalError) && !(error instanceof RehearsalInterrupted)
  );
}

/** What failed, and if instances said why, their words first: the deployment only tells that it came to no end. */
function describeFailure(ending: Ending, history: readonly InstanceHistory[]): RehearsalFailure | undefined {
  const { failure } = ending;
  if (failure === undefined) return undefined;
  const message = failure instanceof Error ? failure.message : String(failure);
  const refused = history.find(({ report }) => report && !report.ok);
  const own = refused?.report?.reason;
  const reason = own && !message.includes(own) ? `${own} (${refused.id}); ${message}` : message;
  const log = failure instanceof RehearsalError ? failure.logFile : undefined;
  return { step: ending.failedPhase ?? 'start', reason, log };
}

function countStreams({ load }: Findings): RehearsalReport['drill'] {
  const streams = load?.streams ?? [];
  const count = (outcome: string) => streams.filter((stream) => stream.outcome === outcome).length;
  return {
    streams: streams.length,
    completed: count('completed'),
    truncatedSilently: count('truncated-silently'),
    erroredClearly: count('errored-clearly'),
    terminations: load?.events.filter((event) => event.kind === 'drained').length ?? 0,
  };
}

function describeUpdate({ load }: Findings): RehearsalReport['update'] {
  if (load?.kind !== 'update') return undefined;
  return {
    replaced: load.events.filter(({ kind }) => kind === 'drained').length,
    rolledBack: load.rolledBack !== undefined,
  };
}

async function countResources(cdkFolder: string): Promise<number> {
  try {
    const manifest: {
      readonly artifacts: Record<
        string,
        { readonly type: string; readonly properties?: { readonly templateFile?: string } }
      >;
    } = JSON.parse(await readFile(join(cdkFolder, 'cdk.out', 'manifest.json'), 'utf8'));
    const stack = Object.values(manifest.artifacts).find(({ type }) => type === 'aws:cloudformation:stack');
    const template: { readonly Resources: object } = JSON.parse(
      await readFile(join(cdkFolder, 'cdk.out', stack?.properties?.templateFile ?? ''), 'utf8'),
    );
    return Object.keys(template.Resources).length;
  } catch (error) {
    // A rehearsal that ended before synth has no template.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code)))
      return 0;
    throw error;
  }
}

function collectDetails(findings: Findings, failure: RehearsalFailure | undefined): RehearsalDetails {
  const { log, startedAt, beganAt, history, load } = findings;
  const since = (iso: string) => Date.parse(iso) - startedAt.getTime();
  const drillOffset = Math.round((load?.beganAt ?? 0) - beganAt);
  return {
    startedAt: startedAt.toISOString(),
    phases: log.records(),
    instances: history.map(({ id, type, report }) => ({
      id,
      type,
      phases: [
        ...(report?.phases ?? []).map((phase) => ({
          name: phase.name,
          startMs: since(phase.startedAt),
          ms: phase.ms,
        })),
        ...(report?.restarts ?? []).map((restart) => ({
          name: 'restart',
          startMs: since(restart.at),
          ms: restart.ms,
        })),
      ],
    })),
    targetStates: findings.balancerEvents.flatMap((event) =>
      event.type === 'target-state'
        ? [
            {
              atMs: event.at - startedAt.getTime(),
              instanceId: event.target.id,
              state: event.to ?? ('gone' as const),
            },
          ]
        : [],
    ),
    pictures: history.flatMap(({ id, report }) =>
      [...(report?.gate ?? []), ...(report?.restarts ?? []).flatMap(({ gate }) => gate)].map((asked) => ({
        instanceId: id,
        question: asked.question,
        expected: asked.expected,
        answer: asked.answer,
        ok: asked.ok,
        ms: asked.ms,
        picture: asked.picture,
      })),
    ),
    requests: (load?.streams ?? []).map((stream) => ({
      id: stream.id,
      startMs: stream.startedMs + drillOffset,
      endMs: stream.endedMs + drillOffset,
      instanceId: stream.instanceId,
      outcome: stream.outcome,
      error: stream.error,
    })),
    drillEvents: (load?.events ?? []).map((event) => ({ ...event, atMs: event.atMs + drillOffset })),
    underLoad: load?.kind ?? 'drill',
    failure,
  };
}
