import type { RehearsalCloud } from './cloud/rehearsal-cloud.ts';
import { deleteApiKey } from './failures/delete-api-key.ts';
import { corruptWeights } from './files/corrupt-weights.ts';
import { followBuild } from './files/follow-build.ts';
import { BootNotes } from './instances/boot-notes.ts';
import type { FleetInstance } from './instances/fleet-instance.ts';
import { RehearsalError } from './run/failure.ts';
import type { Mutant } from './run/options.ts';
import { pollUntil } from './run/poll.ts';
import type { PhaseLog } from './run/progress.ts';

export interface DeployOptions {
  readonly cloud: RehearsalCloud;
  readonly log: PhaseLog;
  readonly stackName: string;
  readonly instances: number;
  readonly mutant: Mutant | undefined;
  readonly signal: AbortSignal;
}

const POLL_MS = 150;

/** Longer than any of these takes; what really bounds them is the end of `cdk deploy`, which aborts the rest. */
const DEADLINE_MS = 20 * 60_000;

/**
 * `cdk deploy`, and beside it what happens in AWS at the same time: a build fills the bucket, instances boot and pass
 * the gate, the balancer finds healthy targets, and only then can the stack's own verification succeed.
 * Returns the stack's outputs.
 */
export async function deployFleet(options: DeployOptions): Promise<unknown> {
  const { cloud, log, stackName } = options;
  const settled = new AbortController();
  const signal = AbortSignal.any([options.signal, settled.signal]);
  const beside = Promise.all([
    followFiles({ ...options, signal }),
    followInstances({ ...options, signal }),
    followBalancer(options),
    ...(options.mutant === 'secret-missing'
      ? [wait({ ...options, signal }, () => deleteApiKey(cloud.clients.secretsManager))]
      : []),
  ]);
  beside.catch(() => undefined);
  try {
    log.note('cloud', 'cdk deploy');
    // Whichever fails first tells the cause; a deployment that failed leaves nothing to wait for.
    const deployed = cloud.cdk.deploy(stackName).catch((error: unknown) => {
      // What runs beside has only waited in vain: it is the deployment that failed.
      for (const phase of ['files', 'instances', 'gate', 'balancer'] as const) log.end(phase, { ok: false });
      throw error;
    });
    const [outputs] = await Promise.all([deployed, beside]);
    return outputs;
  } finally {
    settled.abort();
    await beside.catch(() => undefined);
  }
}

async function followFiles(options: DeployOptions): Promise<void> {
  const { cloud, log, mutant } = options;
  await followBuild({
    codeBuild: cloud.clients.codeBuild,
    log,
    wait: (question) => wait(options, question),
    // The custom resource asks for the build once a second: instances start after this.
    onFilled: async (bucket) => {
      if (mutant === 'corrupt-file') await corruptWeights(cloud.clients.s3, bucket);
    },
  });
}

async function followInstances(options: DeployOptions): Promise<void> {
  const { cloud, log, instances } = options;
  const { fleet } = cloud;
  await wait(options, async () => fleet.instances().length > 0 || undefined);
  log.start('instances');
  await wait(options, async () => {
    await checkForCrash(options);
    const live = await Promise.all(fleet.instances().map((instance) => answersLive(instance)));
    return live.filter(Boolean).length >= instances || undefined;
  });
  log.end('instances', {
    ok: true,
    note: fleet
      .instances()
      .map(({ id }) => id)
      .join(', '),
  });
  log.start('gate');
  const boots = new BootNotes((note) => log.note('gate', note));
  await wait(options, async () => {
    await boots.look(fleet.instances());
    return fleet.inService().length >= instances || undefined;
  });
  log.end('gate', { ok: true, note: `${instances} in service` });
}

/** An agent that ends without a report did not refuse to serve: it broke, and waiting for the hook tells nobody why. */
async function checkForCrash({ cloud }: DeployOptions): Promise<void> {
  for (const instance of cloud.fleet.instances()) {
    if (instance.exitCode === undefined || (await instance.bootReport())) continue;
    throw new RehearsalError(
      `the user data of ${instance.id} ended with code ${instance.exitCode} before its agent reported`,
      {
        logFile: instance.logFile,
      },
    );
  }
}

async function followBalancer({ cloud, log }: DeployOptions): Promise<void> {
  log.start('balancer');
  await cloud.balancer.ready;
  log.end('balancer', { ok: true, note: cloud.balancer.url });
}

async function answersLive({ gatewayHost, gatewayPort }: FleetInstance): Promise<boolean> {
  try {
    return (await fetch(`http://${gatewayHost}:${gatewayPort}/live`, { signal: AbortSignal.timeout(1_000) }))
      .ok;
  } catch {
    // Not listening yet: the caller asks again until its deadline.
    return false;
  }
}

function wait<T>(options: DeployOptions, question: () => Promise<T | undefined>): Promise<T> {
  return pollUntil(question, {
    everyMs: POLL_MS,
    deadlineMs: DEADLINE_MS,
    signal: options.signal,
    timedOut: () => new RehearsalError('the fleet did not come up in 20 minutes'),
  });
}
