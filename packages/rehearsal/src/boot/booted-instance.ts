import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BootReport, parseBootReport } from '@pixtral-fleet/agent';
import type { BootInstance, FleetInstance, InstanceOptions } from '../instances/fleet-instance.ts';
import { type MetadataService, startMetadataService } from '../metadata/index.ts';
import { BootedMachine } from './booted-machine.ts';
import { GATEWAY, type MetadataRouter, machineAddress } from './private-network.ts';

/** Model, runtime and little more. */
const DISK_BYTES = 512 * 1024 * 1024;

/** The port of every config that names none. */
const GATEWAY_PORT = 8080;

/** An EC2 instance that is a booted machine: cloud-init, systemd and units as on AWS. */
export class BootedInstance implements FleetInstance {
  readonly id: string;
  readonly type: string;
  readonly logFile: string;
  readonly gatewayHost: string;
  readonly gatewayPort = GATEWAY_PORT;
  readonly startedAt = performance.now();
  readonly machine: BootedMachine;
  readonly #options: InstanceOptions;
  readonly #end: () => Promise<void>;
  #exitCode: number | null | undefined;

  constructor(options: InstanceOptions, machine: BootedMachine, end: () => Promise<void>) {
    this.id = options.instance.id;
    this.type = options.instance.type;
    this.logFile = options.logFile;
    this.gatewayHost = machine.address;
    this.machine = machine;
    this.#options = options;
    this.#end = end;
    machine.exited.then(
      (code) => {
        this.#exitCode = code;
      },
      () => {
        this.#exitCode = null;
      },
    );
  }

  get exitCode(): number | null | undefined {
    return this.#exitCode;
  }

  get pid(): number {
    return this.machine.pid;
  }

  get engineSocket(): string {
    return join(this.machine.root, 'run', 'pixtral-engine', 'engine.sock');
  }

  async bootReport(): Promise<BootReport | undefined> {
    // The storage unit has put the state folder on the disk; the agent's file appears whole.
    const file = join(this.machine.disk, 'pixtral', 'boot-report.json');
    const text = await readFile(file, 'utf8').catch(() => '');
    return text === '' ? undefined : parseBootReport(JSON.parse(text));
  }

  async terminate(graceMs = 5_000): Promise<void> {
    await this.machine.stop(graceMs);
    await this.#end();
    await rm(this.#options.root, { recursive: true, force: true });
  }
}

/** Boots machines one after the other, each with an address and a metadata service of its own. */
export function bootMachines(options: { readonly rootImage: string; readonly router: MetadataRouter }): {
  readonly boot: BootInstance;
  readonly booted: readonly BootedInstance[];
} {
  const booted: BootedInstance[] = [];
  const boot: BootInstance = async (instance, lifecycleState) => {
    const index = booted.length;
    const address = machineAddress(index);
    await mkdir(instance.root, { recursive: true });
    const metadata = await startMetadata(instance, address, lifecycleState);
    options.router.add(address, metadata.port);
    const machine = await BootedMachine.start({
      name: `pixtral-${index + 1}`,
      rootImage: options.rootImage,
      folder: instance.root,
      address,
      environment: { AWS_ENDPOINT_URL: instance.endpointUrl.replace('127.0.0.1', GATEWAY) },
      logFile: instance.logFile,
      diskBytes: DISK_BYTES,
    });
    const made = new BootedInstance(instance, machine, async () => {
      options.router.remove(address);
      await metadata.stop();
    });
    booted.push(made);
    return made;
  };
  return { boot, booted };
}

function startMetadata(
  { instance, region, accountId, userData }: InstanceOptions,
  localIpv4: string,
  lifecycleState: () => string,
): Promise<MetadataService> {
  return startMetadataService({
    identity: {
      instanceId: instance.id,
      instanceType: instance.type,
      availabilityZone: instance.availabilityZone,
      region,
      accountId,
      localIpv4,
    },
    userData,
    // By these names cloud-init asks, and nothing else on the machine.
    tokenlessAgent: /^(Cloud-Init|python-requests)\//,
    targetLifecycleState: () => (lifecycleState().startsWith('Terminat') ? 'Terminated' : 'InService'),
  });
}
