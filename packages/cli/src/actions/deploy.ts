import { join } from 'node:path';
import { type DeployResult, deployPhases, deployStack } from '@pixtral-fleet/operator/deploy';
import { findStack } from '@pixtral-fleet/operator/fleet';
import type { DeployFlags } from '../commands/deploy.ts';
import { confirm } from '../confirm.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { formatDeployed } from '../output/format-deployed.ts';
import { formatFailure } from '../output/format-failure.ts';
import { print } from '../output/print.ts';
import { createPhaseView, type PhaseLine, type PhaseView } from '../progress/phase-view.ts';
import { HOME } from '../repository.ts';

export async function deploy(cdkOptions: readonly string[], flags: DeployFlags): Promise<ExitCode> {
  const fleet = await openFleet(flags);
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
