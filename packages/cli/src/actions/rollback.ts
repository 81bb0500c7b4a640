import { deployPhases } from '@pixtral-fleet/operator/deploy';
import { prepareRollback, type RollbackStep, rollBack } from '@pixtral-fleet/operator/rollback';
import type { RollbackFlags } from '../commands/rollback.ts';
import { confirm } from '../confirm.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openFleet } from '../open-fleet.ts';
import { formatFailure } from '../output/format-failure.ts';
import { print } from '../output/print.ts';
import { createPhaseView } from '../progress/phase-view.ts';

export async function rollback(flags: RollbackFlags): Promise<ExitCode> {
  const { clients, stackName, region } = await openFleet(flags);
  const plan = await prepareRollback(clients, stackName);
  await confirm(`${stackName} in ${region} is ${plan.stack.status}: ${tellStep(plan.step)}?`, flags);
  const { signal } = interruptSignal();
  const view = createPhaseView(process.stderr);
  const result = await rollBack(clients, plan, {
    signal,
    onSnapshot: (snapshot) => view.update(deployPhases(snapshot)),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
  view.close();
  if (!result) {
    console.error('left; AWS goes on with it: see "pixtral status"');
    return EXIT.interrupted;
  }
  const { kind: step } = plan.step;
  print(
    { ...result, step },
    {
      json: flags.json,
      format: () =>
        result.ok ? `rolled back: ${stackName} is ${result.stackStatus}` : formatFailure(result.failure),
    },
  );
  return result.ok ? EXIT.ok : EXIT.failed;
}

function tellStep(step: RollbackStep): string {
  if (step.kind === 'cancel-update') return 'give up the update under way, and go back to what was before';
  if (step.kind === 'continue-rollback') return 'go on with the rollback that got stuck';
  if (step.kind === 'rollback-refresh') return 'take back the replacement of instances under way';
  if (step.kind === 'redeploy') return `deploy the template of ${step.deployment.at.slice(0, 16)} UTC again`;
  return step.reason;
}
