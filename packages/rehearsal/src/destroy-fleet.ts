import type { RehearsalCloud } from './cloud/rehearsal-cloud.ts';
import type { Findings } from './rehearse.ts';
import { findRemains, readInventory } from './run/account-inventory.ts';
import { removeEndpointFile } from './run/endpoint-file.ts';
import { findLeftovers, type Inventory } from './run/leftovers.ts';
import { describeResidue } from './run/residue.ts';
import { removeRunState } from './run/run-directory.ts';

/** A stack of this size takes the emulator ten seconds to delete; a real one is not deleted here. */
const DESTROY_TIMEOUT_MS = 120_000;

/**
 * `cdk destroy`, then the end of every process, also after a failure or Ctrl-C. Returns what was left over, in words.
 */
export async function destroyFleet(
  findings: Findings,
  { interrupted }: { readonly interrupted: boolean },
): Promise<readonly string[]> {
  const { cloud, directory, log } = findings;
  await removeEndpointFile(directory.output);
  if (!cloud) return [];
  log.start('destroy');
  const problems: string[] = [];
  // The stack's deletion ends the instances, and with them what they tell of themselves.
  findings.history = await cloud.fleet.history();
  // The emulator cannot delete what it is still creating (CloudFormation cancels and rolls back); it ends with its process.
  const halfway = interrupted && findings.outputs === undefined;
  if (!halfway) {
    await destroyStack(findings, cloud).catch((error: unknown) => {
      problems.push(`the stack was not deleted: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  if (!halfway && problems.length === 0) problems.push(...(await findStackRemains(findings, cloud)));
  const inventory = takeInventory(cloud);
  await cloud.stop();
  // Whatever is to be cleared below the instances' folder has been, with each instance: the rest is a defect.
  problems.push(...(await describeResidue(directory.instances)));
  await removeRunState(directory);
  problems.push(...(await findLeftovers(inventory)));
  log.end('destroy', {
    ok: problems.length === 0,
    note: problems.length === 0 ? 'nothing left over' : problems.join('; '),
  });
  return problems;
}

async function destroyStack({ options }: Findings, cloud: RehearsalCloud): Promise<void> {
  // The emulated cloud dies with its process: with none to ask, or no time left, there is nothing to delete.
  if (!cloud.alive() || options.hurry.aborted || !cloud.cdk.hasAssembly()) return;
  await cloud.cdk.destroy(AbortSignal.any([options.hurry, AbortSignal.timeout(DESTROY_TIMEOUT_MS)]));
}

/** What of the stack is left in the emulated account. */
async function findStackRemains(findings: Findings, cloud: RehearsalCloud): Promise<readonly string[]> {
  const { accountBefore, options } = findings;
  if (!accountBefore || !cloud.alive() || options.hurry.aborted) return [];
  const remains = findRemains(accountBefore, await readInventory(cloud.endpointUrl));
  return remains.map((resource) => `the stack left ${resource}`);
}

function takeInventory(cloud: RehearsalCloud): Inventory {
  const processes = new Map([[cloud.pid, 'emulated AWS']]);
  const ports = new Map([
    [Number(new URL(cloud.endpointUrl).port), 'emulated AWS'],
    [cloud.balancer.port, 'balancer'],
  ]);
  for (const instance of cloud.fleet.everStarted()) {
    processes.set(instance.pid, `instance ${instance.id}`);
    ports.set(instance.gatewayPort, `gateway of ${instance.id}`);
  }
  return { processes, ports };
}
