import { type DestroyResult, destroyStack, prepareDestroy } from '@pixtral-fleet/operator/destroy';
import type { DestroyFlags } from '../commands/destroy.ts';
import { confirmByTyping } from '../confirm.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openFleet } from '../open-fleet.ts';
import { formatDestroyPlan } from '../output/format-destroy-plan.ts';
import { mark } from '../output/mark.ts';
import { print } from '../output/print.ts';
import { createPhaseView } from '../progress/phase-view.ts';

export async function destroy(flags: DestroyFlags): Promise<ExitCode> {
  const { clients, stackName, region } = await openFleet(flags);
  const prepared = await prepareDestroy(clients, stackName);
  console.error(formatDestroyPlan(prepared));
  await confirmByTyping(stackName, `Type ${stackName} to delete it from ${region}:`, flags);
  const { signal } = interruptSignal();
  const view = createPhaseView(process.stderr);
  const result = await destroyStack(clients, prepared, {
    signal,
    onProgress: (remaining, total) =>
      view.update([
        {
          name: 'destroy',
          state: remaining === 0 ? 'done' : 'running',
          note: `${remaining} of ${total} resources left`,
        },
      ]),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
  view.close();
  if (!result) {
    console.error('left; CloudFormation goes on deleting: see "pixtral status"');
    return EXIT.interrupted;
  }
  const kept = prepared.kept.map(({ type, physicalId, usdPerMonth }) => ({
    type,
    name: physicalId,
    usdPerMonth,
  }));
  print(
    { ...result, kept },
    { json: flags.json, format: () => formatResult(stackName, result, kept.length) },
  );
  return result.ok ? EXIT.ok : EXIT.failed;
}

function formatResult(stackName: string, result: DestroyResult, kept: number): string {
  if (result.ok) {
    const left = kept === 0 ? 'nothing is left' : `nothing is left but the ${kept} kept`;
    return `${mark('ok')} ${stackName} is deleted; ${left}`;
  }
  if (result.reason !== undefined) {
    return `${mark('fail')} ${result.reason}\n  → mend what it says and run "pixtral destroy" again`;
  }
  const lines = result.leftovers.map(({ kind, name, remedy }) => `  ${kind} ${name}\n    → ${remedy}`);
  return [`${mark('fail')} ${stackName} is deleted, but this is left and may cost:`, ...lines].join('\n');
}
