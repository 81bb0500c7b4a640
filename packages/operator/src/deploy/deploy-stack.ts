import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStackOutputs, type StackOutputs } from '@pixtral-fleet/infra/outputs';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { findStack, requireStack } from '../fleet/find-stack.ts';
import { recordDeployment } from '../rollback/deployment-history.ts';
import { runCdk } from './cdk-process.ts';
import type { DeploySnapshot } from './deploy-phases.ts';
import { explainCdkFailure } from './explain-cdk-failure.ts';
import { explainFailure, type Failure } from './explain-failure.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { watchDeployment } from './watch-deployment.ts';

export interface DeployOptions {
  readonly clients: FleetClients;
  readonly stackName: string;
  /** Folder for the assembly and the log; is made. */
  readonly folder: string;
  /** Folder in which the CDK runs: its `cdk.json` and `cdk.context.json` count. @default - that of the app */
  readonly cdkFolder?: string | undefined;
  /** Passed on to the CDK's command line. */
  readonly cdkArgs: readonly string[];
  readonly onSynth: (state: 'running' | 'done') => void;
  readonly onSnapshot: (snapshot: DeploySnapshot) => void;
  /** Leaves at once; what CloudFormation has begun goes on. */
  readonly signal: AbortSignal;
  /** Milliseconds between looks. @default 3000 */
  readonly pollMs?: number;
}

export type DeployResult =
  | { readonly ok: true; readonly outputs: StackOutputs; readonly stackStatus: string }
  | { readonly ok: false; readonly failure: Failure; readonly logFile: string };

/** Synthesises, deploys with the CDK, and says what came of it: the outputs, or the first cause. */
export async function deployStack(options: DeployOptions): Promise<DeployResult> {
  const { clients, stackName, signal } = options;
  const logFile = join(options.folder, 'cdk.log');
  const assembly = join(options.folder, 'cdk.out');
  options.onSynth('running');
  const synth = await runCdk({
    args: ['synth', '--quiet', '--output', assembly, ...options.cdkArgs],
    ...{ logFile, signal, folder: options.cdkFolder },
  });
  signal.throwIfAborted();
  if (!synth.ok)
    return { ok: false, failure: { source: 'cdk', ...explainCdkFailure(synth.output) }, logFile };
  options.onSynth('done');
  await recordPresent(options);
  // CloudFormation's clock is not this machine's.
  const since = new Date(Date.now() - 2_000);
  const deployed = await watched(options, { since, total: await countResources(assembly, stackName) }, () =>
    runCdk({
      args: ['deploy', '--app', assembly, '--require-approval', 'never', '--progress', 'events', stackName],
      ...{ logFile, signal, folder: options.cdkFolder },
    }),
  );
  signal.throwIfAborted();
  if (deployed.result.ok) return succeed(options);
  const evidence = await gatherEvidence(clients, {
    ...{ stackName, since, cdkOutput: deployed.result.output },
    ...{ stackId: deployed.seen.stackId, seen: deployed.seen.evidence },
  });
  return { ok: false, failure: explainFailure(evidence), logFile };
}

async function watched<Result>(
  { clients, stackName, onSnapshot, pollMs }: DeployOptions,
  about: { readonly since: Date; readonly total: number | undefined },
  deploy: () => Promise<Result>,
) {
  const over = new AbortController();
  const watching = watchDeployment(clients, {
    ...{ stackName, onSnapshot, signal: over.signal, ...about },
    ...(pollMs === undefined ? {} : { pollMs }),
  });
  try {
    const result = await deploy();
    over.abort();
    return { result, seen: await watching };
  } finally {
    over.abort();
    await watching;
  }
}

/** What stands now, however it was deployed: what a rollback of this deployment goes back to. */
async function recordPresent({ clients, stackName }: DeployOptions): Promise<void> {
  const stack = await findStack(clients, stackName);
  const bucket = stack?.outputs.FilesBucketName;
  if (stack && bucket !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(stack.status)) {
    await recordDeployment(clients, { stackName, bucket });
  }
}

async function succeed({ clients, stackName }: DeployOptions): Promise<DeployResult> {
  const stack = await requireStack(clients, stackName);
  const outputs = parseStackOutputs(stack.outputs);
  await recordDeployment(clients, { stackName, bucket: outputs.filesBucketName });
  return { ok: true, outputs, stackStatus: stack.status };
}

/** Resources of the template, or undefined when the assembly holds no such stack: progress then has no total. */
async function countResources(assembly: string, stackName: string): Promise<number | undefined> {
  try {
    const template: unknown = JSON.parse(
      await readFile(join(assembly, `${stackName}.template.json`), 'utf8'),
    );
    const resources = typeof template === 'object' && template !== null && Reflect.get(template, 'Resources');
    return typeof resources === 'object' && resources !== null ? Object.keys(resources).length : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
