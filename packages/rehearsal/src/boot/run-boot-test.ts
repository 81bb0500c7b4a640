import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readApiKeys } from '@pixtral-fleet/agent';
import { loadConfig } from '@pixtral-fleet/infra/config';
import { parseStackOutputs } from '@pixtral-fleet/infra/outputs';
import { startCloud } from '../cloud/rehearsal-cloud.ts';
import { deployFleet } from '../deploy-fleet.ts';
import { prepareBuild } from '../files/build-surroundings.ts';
import { PhaseLog, type ProgressEvent } from '../run/progress.ts';
import { createRunDirectory, removeRunState } from '../run/run-directory.ts';
import { renderBootPage } from './boot-page.ts';
import type { BootTest } from './boot-test.ts';
import { bootMachines } from './booted-instance.ts';
import { checkBoot } from './check-boot.ts';
import { checkConfinement } from './check-confinement.ts';
import { checkLife } from './check-life.ts';
import { CheckList, type CheckResult } from './check-list.ts';
import { checkRefusals } from './check-refusals.ts';
import { packedSimulator } from './packed-simulator.ts';
import { MetadataRouter, makeNetwork } from './private-network.ts';
import { tryMachine } from './try-machine.ts';

export interface RunBootTestOptions {
  readonly repository: string;
  readonly root: { readonly folder: string; readonly suite: string };
  /** Leaves out what another check shows as well. */
  readonly short: boolean;
  /** Whether to write docs/boot.md when all is well. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

/**
 * Deploys the stack into the emulated AWS, with a booted machine as its one instance, and checks that machine. Returns
 * whether all was as it must be.
 * @throws NoMachineError where no machine can be booted
 * @throws RehearsalError when the fleet does not come up
 */
export async function runBootTest(options: RunBootTestOptions): Promise<boolean> {
  const { repository, root, short } = options;
  const began = performance.now();
  const config = await loadConfig(process.env.PIXTRAL_CONFIG ?? join(repository, 'pixtral.config.ts'));
  const directory = await createRunDirectory(repository);
  const log = new PhaseLog(tellProgress);
  const checks = new CheckList(tellCheck);
  // Whatever fails ends the rest too.
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  await using started = new AsyncDisposableStack();
  started.defer(() => removeRunState(directory));
  await makeNetwork();
  const router = new MetadataRouter();
  await router.listen();
  started.defer(() => router.close());
  await tryMachine({ rootImage: root.folder, folder: join(directory.instances, 'try'), signal });
  const { boot, booted } = bootMachines({ rootImage: root.folder, router });
  const engine = packedSimulator();
  log.start('cloud');
  const build = await prepareBuild({ engine, directory, mutant: undefined });
  started.defer(() => build.close());
  const cloud = await startCloud({
    directory,
    pythonCache: join(repository, '.cache'),
    region: config.region,
    context: { desiredInstances: 1, lockFile: build.lockFile, ...engine.context },
    buildEnvironment: build.environment,
    // Machines reach it by the bridge's address; nobody outside of this namespace does.
    emulatorEnvironment: { BIND_HOST: '0.0.0.0' },
    bootInstance: boot,
    signal,
    onSetup: (note) => log.note('cloud', note),
    onBalancerEvent: () => undefined,
  });
  started.defer(() => cloud.stop());
  started.defer(() => ended.abort());
  const work = async (): Promise<void> => {
    await Promise.all([log.run('synth', () => cloud.cdk.synth()), cloud.cdk.bootstrap()]);
    const outputs = parseStackOutputs(
      await deployFleet({ cloud, log, stackName: config.stackName, instances: 1, mutant: undefined, signal }),
    );
    log.end('cloud', { ok: true, note: `${config.stackName} deployed and verified by its own Lambda` });
    const [apiKey = ''] = await readApiKeys(cloud.clients.secretsManager, outputs.apiKeySecretArn);
    const [instance] = booted;
    if (!instance || booted.length > 1) throw new Error(`${booted.length} machines were booted, expected 1`);
    const test: BootTest = {
      instance,
      checks,
      apiKey,
      model: outputs.servedModelName,
      bucket: outputs.filesBucketName,
      groupName: outputs.autoScalingGroupName,
      s3: cloud.clients.s3,
      autoScaling: cloud.clients.autoScaling,
      signal,
    };
    await checkBoot(test);
    await checkConfinement(test);
    await checkLife(test, { short });
    await checkRefusals(test, { short });
    if (booted.length > 1) throw new Error(`${booted.length} machines were booted: one was given up`);
  };
  await Promise.race([work(), cloud.broken]);
  const failed = checks.results.filter(({ ok }) => !ok);
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.log(
    `${checks.results.length - failed.length} of ${checks.results.length} checks passed in ${seconds} s; the machine's log is in ${directory.logs}`,
  );
  if (options.write && failed.length === 0) {
    const file = join(repository, 'docs', 'boot.md');
    await writeFile(
      file,
      renderBootPage({ checks: checks.results, phases: log.records(), seconds, suite: root.suite }),
    );
    console.log('wrote docs/boot.md');
  }
  return failed.length === 0;
}

function tellProgress(event: ProgressEvent): void {
  if (event.type === 'phase-note') console.log(`  ${event.phase}: ${event.note}`);
  if (event.type === 'phase-end') {
    const how = event.ok ? 'ok' : 'FAILED';
    console.log(
      `${event.phase}: ${how} in ${(event.ms / 1_000).toFixed(1)} s${event.note ? `, ${event.note}` : ''}`,
    );
  }
}

function tellCheck({ group, name, ok, ms, seen }: CheckResult): void {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${group}: ${name} (${(ms / 1_000).toFixed(1)} s)\n       ${seen}`);
}
