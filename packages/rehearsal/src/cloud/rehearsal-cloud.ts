import { type Balancer, type BalancerEvent, startBalancer } from '../balancer/index.ts';
import { type Emulator, prepareEmulator, publishTargetHealth, startEmulator } from '../emulator/index.ts';
import type { BootInstance } from '../instances/fleet-instance.ts';
import { LocalFleet } from '../instances/local-fleet.ts';
import { RehearsalError } from '../run/failure.ts';
import { findFreePort } from '../run/free-port.ts';
import type { RunDirectory } from '../run/run-directory.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
import { RehearsalCdk } from './cdk.ts';

export interface CloudOptions {
  readonly directory: RunDirectory;
  readonly pythonCache: string;
  readonly region: string;
  /** What this rehearsal changes about the template, as CDK context. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Variables of the builds, beside those of their project. */
  readonly buildEnvironment: Readonly<Record<string, string>>;
  /** More variables of the emulated AWS, which its Lambdas inherit. */
  readonly emulatorEnvironment: Readonly<Record<string, string>>;
  /** How an instance is made. @default - a process with a folder of its own */
  readonly bootInstance?: BootInstance;
  readonly signal: AbortSignal;
  readonly onSetup: (note: string) => void;
  readonly onBalancerEvent: (event: BalancerEvent) => void;
}

/** Emulated AWS, the machines and the balancer around it, and the CDK pointed at it. */
export interface RehearsalCloud {
  readonly endpointUrl: string;
  readonly clients: AwsClients;
  readonly cdk: RehearsalCdk;
  readonly fleet: LocalFleet;
  readonly balancer: Balancer;
  readonly pid: number;
  /** Rejects when something that must run has ended: the emulator, or the watch over the group. Never resolves. */
  readonly broken: Promise<never>;
  /** Whether the emulated AWS still answers, so that `cdk destroy` makes sense. */
  alive(): boolean;
  /** Ends every process. */
  stop(): Promise<void>;
}

/** Starts them all, or none: what had been started when a later part failed is ended again. */
export async function startCloud(options: CloudOptions): Promise<RehearsalCloud> {
  await using started = new AsyncDisposableStack();
  const { directory, region } = options;
  const python = await prepareEmulator({ cacheDirectory: options.pythonCache, onProgress: options.onSetup });
  options.signal.throwIfAborted();
  const balancerPort = await findFreePort();
  const emulator = await startEmulator({
    python,
    runDirectory: directory.emulator,
    // The one seam: the Lambdas of the emulator inherit its environment, and an internal load balancer's name
    // does not resolve on this machine.
    environment: {
      PIXTRAL_ENDPOINT_OVERRIDE: `http://127.0.0.1:${balancerPort}`,
      REHEARSAL_BUILD_ENVIRONMENT: JSON.stringify(options.buildEnvironment),
      ...options.emulatorEnvironment,
    },
    signal: options.signal,
  });
  started.defer(() => emulator.stop());
  const { endpointUrl } = emulator;
  const clients = createAwsClients({ endpointUrl, region });
  const fleet = new LocalFleet({ clients, directory, endpointUrl, region, boot: options.bootInstance });
  const balancer = await startBalancer({
    elbv2: clients.elbv2,
    port: balancerPort,
    resolveTarget: ({ id }) => fleet.resolveTarget(id),
    reportHealth: (targetGroupArn, states) => publishTargetHealth(endpointUrl, targetGroupArn, states),
    onEvent: options.onBalancerEvent,
  });
  started.defer(() => balancer.stop());
  const cdk = await RehearsalCdk.create({
    folder: directory.cdk,
    logs: directory.logs,
    endpointUrl,
    region,
    context: options.context,
    signal: options.signal,
  });
  started.move();
  return assemble({ emulator, clients, fleet, balancer, cdk });
}

function assemble(parts: {
  readonly emulator: Emulator;
  readonly clients: AwsClients;
  readonly fleet: LocalFleet;
  readonly balancer: Balancer;
  readonly cdk: RehearsalCdk;
}): RehearsalCloud {
  const { emulator, clients, fleet, balancer, cdk } = parts;
  let running = true;
  let stopping = false;
  const emulatorEnded = emulator.exited.then((code) => {
    running = false;
    if (stopping) return new Promise<never>(() => undefined);
    throw new RehearsalError(`the emulated AWS ended unexpectedly (exit code ${code ?? 'none: killed'})`, {
      logFile: emulator.logFile,
    });
  });
  const watchEnded = fleet.watch().then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => {
      // When the emulator has died this is only its echo; the other promise tells the cause.
      if (!running || stopping) return new Promise<never>(() => undefined);
      throw error;
    },
  );
  const broken = Promise.race([emulatorEnded, watchEnded]);
  broken.catch(() => undefined);
  return {
    endpointUrl: emulator.endpointUrl,
    pid: emulator.pid,
    clients,
    cdk,
    fleet,
    balancer,
    broken,
    alive: () => running,
    stop: async () => {
      stopping = true;
      await fleet.stop();
      await balancer.stop();
      await emulator.stop();
      clients.close();
    },
  };
}
