import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readApiKeys } from '@pixtral-fleet/agent';
import { loadConfig } from '@pixtral-fleet/infra/config';
import { parseStackOutputs, type StackOutputs } from '@pixtral-fleet/infra/outputs';
import { type RehearsalCloud, startCloud } from '../cloud/rehearsal-cloud.ts';
import { deployFleet } from '../deploy-fleet.ts';
import { simulatedEngine } from '../engine/simulated-engine.ts';
import { prepareBuild } from '../files/build-surroundings.ts';
import { checkHostTools } from '../run/preflight.ts';
import { PhaseLog, type ProgressEvent } from '../run/progress.ts';
import { describeResidue } from '../run/residue.ts';
import { createRunDirectory, removeRunState } from '../run/run-directory.ts';
import type { Stage } from './acts/index.ts';
import { ChaosInstance, CONTROL_SOCKET } from './chaos-instance.ts';
import { ChaosLoad } from './load/chaos-load.ts';
import type { ChaosOptions } from './options.ts';
import { FaultProxy } from './proxy/fault-proxy.ts';
import { untilWhole } from './recovery.ts';
import { runEvents } from './run-events.ts';
import type { PlannedEvent } from './schedule.ts';
import { type ChaosVerdict, judgeRun, type PastEvent } from './verdict.ts';

const CONFIG_FILE = join(import.meta.dirname, 'chaos.config.ts');

/** Beyond the balancer's own limit, after which it has told what it can tell. */
const CLIENT_PATIENCE_MS = 8_000;

export interface RunChaosOptions {
  readonly repository: string;
  readonly options: ChaosOptions;
  readonly schedule: readonly PlannedEvent[];
  readonly signal: AbortSignal;
  readonly onProgress: (event: ProgressEvent) => void;
  readonly onEvent: (event: PastEvent, load: ChaosLoad) => void;
}

export interface ChaosRun {
  readonly verdict: ChaosVerdict;
  readonly events: readonly PastEvent[];
  /** Of the load, without the deployment. */
  readonly seconds: number;
  /** What was left on this machine, in words. */
  readonly leftovers: readonly string[];
}

/**
 * Deploys the stack into the emulated AWS, with instances that can be broken, and does to it what the schedule says while
 * streams run. Whatever happens, all that was started has ended when this returns.
 * @throws RehearsalError when the fleet does not come up, or does not become whole again
 */
export async function runChaos(run: RunChaosOptions): Promise<ChaosRun> {
  const { repository, options } = run;
  // The CDK's own process reads the variable too.
  process.env.PIXTRAL_CONFIG = CONFIG_FILE;
  const config = await loadConfig(CONFIG_FILE);
  await checkHostTools();
  const directory = await createRunDirectory(repository);
  const log = new PhaseLog(run.onProgress);
  const ended = new AbortController();
  const signal = AbortSignal.any([run.signal, ended.signal]);
  const result = await (async () => {
    await using started = new AsyncDisposableStack();
    started.defer(() => removeRunState(directory));
    const engine = simulatedEngine({
      behaviourFile: join(directory.output, 'simulate.json'),
      mutant: undefined,
      controlSocket: CONTROL_SOCKET,
    });
    await engine.prepare({ signal, onNote: () => undefined });
    log.start('cloud');
    const build = await prepareBuild({ engine, directory, mutant: undefined });
    started.defer(() => build.close());
    const machines = new Map<string, ChaosInstance>();
    const clockFile = join(directory.output, 'clock-shift');
    const awsProxy: { current: FaultProxy | undefined } = { current: undefined };
    const cloud = await startCloud({
      directory,
      pythonCache: join(repository, '.cache'),
      region: config.region,
      context: { desiredInstances: options.instances, lockFile: build.lockFile, ...engine.context },
      buildEnvironment: build.environment,
      emulatorEnvironment: {},
      bootInstance: async (boot, lifecycleState) => {
        awsProxy.current ??= await FaultProxy.start(addressOf(boot.endpointUrl));
        const machine = await ChaosInstance.boot(boot, lifecycleState, {
          awsUrl: `http://127.0.0.1:${awsProxy.current.port}`,
          clockFile,
          smallDisks: hasSmallDisks(),
        });
        machines.set(machine.id, machine);
        return machine;
      },
      signal,
      onSetup: (note) => run.onProgress({ type: 'setup', note }),
      onBalancerEvent: () => undefined,
    });
    started.defer(() => cloud.stop());
    started.defer(async () => awsProxy.current?.close());
    started.defer(() => ended.abort());
    const work = async () => {
      await Promise.all([log.run('synth', () => cloud.cdk.synth()), cloud.cdk.bootstrap()]);
      const outputs = parseStackOutputs(
        await deployFleet({
          ...{ cloud, log, signal, stackName: config.stackName, instances: options.instances },
          mutant: undefined,
        }),
      );
      log.end('cloud', { ok: true, note: `${config.stackName} deployed` });
      if (!awsProxy.current) throw new Error('no instance was booted');
      return underLoad({
        ...{ run, cloud, machines, outputs, signal },
        awsProxy: awsProxy.current,
        idleMs: config.network.idleTimeoutSeconds * 1_000 + CLIENT_PATIENCE_MS,
        setClock: (shiftMs) => writeFile(clockFile, String(shiftMs)),
      });
    };
    return await Promise.race([work(), cloud.broken]);
  })();
  return { ...result, leftovers: await describeResidue(directory.instances) };
}

/** File systems are mounted by root alone, and `tmpfs` is Linux. */
export function hasSmallDisks(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

async function underLoad(parts: {
  readonly run: RunChaosOptions;
  readonly cloud: RehearsalCloud;
  readonly machines: ReadonlyMap<string, ChaosInstance>;
  readonly outputs: StackOutputs;
  readonly awsProxy: FaultProxy;
  readonly idleMs: number;
  readonly setClock: Stage['setClock'];
  readonly signal: AbortSignal;
}): Promise<Omit<ChaosRun, 'leftovers'>> {
  const { run, cloud, outputs, idleMs, signal } = parts;
  const { seed, concurrency, instances, streams, mutant } = run.options;
  const [apiKey = ''] = await readApiKeys(cloud.clients.secretsManager, outputs.apiKeySecretArn);
  const clientProxy = await FaultProxy.start({ host: '127.0.0.1', port: cloud.balancer.port });
  const load = new ChaosLoad({
    url: new URL(`http://127.0.0.1:${clientProxy.port}`),
    apiKey,
    model: outputs.servedModelName,
    ...{ seed, concurrency, idleMs },
  });
  const stage: Stage = {
    ...{ cloud, load, clientProxy, mutant, signal },
    awsProxy: parts.awsProxy,
    machines: parts.machines,
    groupName: outputs.autoScalingGroupName,
    wanted: instances,
    setClock: parts.setClock,
  };
  const events: PastEvent[] = [];
  await untilWhole(stage);
  load.start();
  try {
    await runEvents(stage, run.schedule, (event) => {
      events.push(event);
      run.onEvent(event, load);
    });
    await load.untilEnded(streams, signal);
  } catch (error) {
    // The streams that are open could wait for what is being ended.
    clientProxy.acceptance = 'refuse';
    clientProxy.resetAll();
    load.giveUp();
    throw error;
  } finally {
    await load.stop();
    await clientProxy.close();
  }
  const verdict = judgeRun({ records: load.records(), events, wantedStreams: streams });
  return { verdict, events, seconds: Math.round(load.now() / 1_000) };
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
