import { join } from 'node:path';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { type DeployResult, deployPhases, deployStack } from '@pixtral-fleet/operator/deploy';
import { closeClients, createContext, runDoctor } from '@pixtral-fleet/operator/doctor';
import { findStack } from '@pixtral-fleet/operator/fleet';
import { makePlan } from '@pixtral-fleet/operator/plan';
import type { DeployFlags } from '../commands/deploy.ts';
import { confirm } from '../confirm.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { loadUserConfig, type OpenFleet, openFleet } from '../open-fleet.ts';
import { formatDeployed } from '../output/format-deployed.ts';
import { formatDoctor } from '../output/format-doctor.ts';
import { formatFailure } from '../output/format-failure.ts';
import { print } from '../output/print.ts';
import { createPhaseView, type PhaseLine, type PhaseView } from '../progress/phase-view.ts';
import { HOME } from '../repository.ts';

/** All checks together; each has its own deadline within. */
const DOCTOR_MS = 60_000;

export async function deploy(cdkOptions: readonly string[], flags: DeployFlags): Promise<ExitCode> {
  const fleet = await openFleet(flags);
  const config = await loadUserConfig();
  if (!flags.skipDoctor && !flags.rehearsal && !(await isReady(config))) return EXIT.failed;
  console.error(summarise(config));
  await confirm(await tellPlan(fleet), flags);
  const view = createPhaseView(process.stderr);
  const leave = leaveOnSecondInterrupt(view);
  const result = await follow(fleet, cdkOptions, view, leave).catch((error: unknown) => {
    if (!leave.aborted) throw error;
    return undefined;
  });
  view.close();
  if (!result) {
    console.error('left; whatever CloudFormation has begun goes on: see "pixtral status"');
    return EXIT.interrupted;
  }
  print(result, {
    json: flags.json,
    format: () => (result.ok ? formatDeployed(result, fleet) : formatFailure(result.failure, result.logFile)),
  });
  return result.ok ? EXIT.ok : EXIT.failed;
}

/** What a deployment would trip over is told before it costs anything. Warnings do not stop it. */
async function isReady(config: ResolvedConfig): Promise<boolean> {
  const context = await createContext({ config, signal: AbortSignal.timeout(DOCTOR_MS) });
  const report = await runDoctor(context);
  closeClients(context.clients);
  if (report.ok && report.checks.every(({ verdict }) => verdict === 'ok')) return true;
  console.error(formatDoctor(report));
  if (report.ok) return true;
  console.error('not deployed: mend what failed, or deploy nevertheless with --skip-doctor');
  return false;
}

/** One line of what `pixtral plan` tells in full. */
function summarise(config: ResolvedConfig): string {
  const { capacity, network, monthly, instanceTypes } = makePlan(config);
  const [first] = instanceTypes;
  const usd = Math.round(monthly.total.desired).toLocaleString('en-US');
  return `${capacity.desired} × ${first?.type} (${capacity.min} to ${capacity.max}), ${network} network, about $${usd} a month ("pixtral plan" for all of it)`;
}

async function tellPlan({ clients, stackName, region }: OpenFleet): Promise<string> {
  const stack = await findStack(clients, stackName);
  const what = stack
    ? `update ${stackName} (${stack.status})`
    : `make ${stackName}, which costs money from then on,`;
  return `${what} in ${region}?`;
}

function follow(
  { clients, stackName, cdkFolder }: OpenFleet,
  cdkArgs: readonly string[],
  view: PhaseView,
  signal: AbortSignal,
): Promise<DeployResult> {
  let synth: PhaseLine = { name: 'synth', state: 'running', note: '' };
  return deployStack({
    ...{ clients, stackName, cdkFolder, cdkArgs, signal },
    folder: join(HOME, '.pixtral', 'deploy', new Date().toISOString().replaceAll(/[:.]/g, '-')),
    onSynth: (state) => {
      synth = { ...synth, state };
      view.update([synth]);
    },
    onSnapshot: (snapshot) => view.update([synth, ...deployPhases(snapshot)]),
  });
}

/** The first Ctrl-C only says what it would mean: a deployment cannot be stopped by leaving it. */
function leaveOnSecondInterrupt(view: PhaseView): AbortSignal {
  const { signal, hurry } = interruptSignal();
  signal.addEventListener(
    'abort',
    () =>
      view.say(
        'CloudFormation goes on without this command. Ctrl-C again leaves it to that; "pixtral rollback" takes it back.',
      ),
    { once: true },
  );
  return hurry;
}
