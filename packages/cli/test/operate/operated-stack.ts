import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { createFleetClients, type FleetClients, requireStack } from '@pixtral-fleet/operator/fleet';
import { type Emulator, prepareEmulator, startEmulator } from '@pixtral-fleet/rehearsal/emulator';
import { type OperatedTemplateOptions, operatedTemplate } from './operated-template.ts';

const BIN = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bin', 'pixtral.mjs');
const REPOSITORY = dirname(dirname(dirname(dirname(BIN))));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An emulated AWS of its own, and `pixtral` as a child process that knows no other. */
export class OperatedCloud {
  readonly folder: string;
  readonly clients: FleetClients;
  readonly #emulator: Emulator;

  private constructor(folder: string, emulator: Emulator) {
    this.folder = folder;
    this.#emulator = emulator;
    Object.assign(process.env, this.environment());
    this.clients = createFleetClients({ region: 'us-east-1' });
  }

  static async start(): Promise<OperatedCloud> {
    const folder = await mkdtemp(join(tmpdir(), 'operated-'));
    const python = await prepareEmulator({ cacheDirectory: join(REPOSITORY, '.cache') });
    return new OperatedCloud(folder, await startEmulator({ python, runDirectory: join(folder, 'emulator') }));
  }

  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.#emulator.endpointUrl,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      PIXTRAL_HOME: this.folder,
    };
  }

  async create(name: string, options: OperatedTemplateOptions): Promise<Readonly<Record<string, string>>> {
    const { cloudFormation: client } = this.clients;
    const TemplateBody = operatedTemplate(options);
    await client.send(
      new CreateStackCommand({ StackName: name, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
    );
    await waitUntilStackCreateComplete(
      { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { StackName: name },
    );
    return (await requireStack(this.clients, name)).outputs;
  }

  async update(name: string, options: OperatedTemplateOptions): Promise<void> {
    const { cloudFormation: client } = this.clients;
    const TemplateBody = operatedTemplate(options);
    await client.send(
      new UpdateStackCommand({ StackName: name, TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
    );
    await waitUntilStackUpdateComplete(
      { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { StackName: name },
    );
  }

  /** Puts the group's one instance into service and returns its id. */
  async serve(group: string): Promise<string> {
    const { AutoScalingGroups = [] } = await this.clients.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
    );
    const InstanceId = AutoScalingGroups[0]?.Instances?.[0]?.InstanceId ?? '';
    await this.clients.autoScaling.send(
      new CompleteLifecycleActionCommand({
        ...{ AutoScalingGroupName: group, LifecycleHookName: 'ready', InstanceId },
        LifecycleActionResult: 'CONTINUE',
      }),
    );
    return InstanceId;
  }

  /** Runs `pixtral` to its end. */
  pixtral(args: readonly string[], input = '', more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const env = { PATH: process.env.PATH ?? '', ...this.environment(), ...more };
      const child = execFile(process.execPath, [BIN, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      );
      child.stdin?.end(input);
    });
  }

  /** Starts `pixtral` with a folder of programs before all others. */
  start(args: readonly string[], programs: string): ChildProcessWithoutNullStreams {
    const PATH = [programs, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
    return spawn(process.execPath, [BIN, ...args], { env: { PATH, ...this.environment() } });
  }

  async stop(): Promise<void> {
    await this.#emulator.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
