import { readApiKeys } from '@pixtral-fleet/agent';
import { createClient, type PixtralClient } from '@pixtral-fleet/client';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import { parseStackOutputs } from '@pixtral-fleet/infra/outputs';
import { describeFailedChecks, runChecks } from '@pixtral-fleet/smoke-tests';
import type { RehearsalCloud } from './cloud/rehearsal-cloud.ts';
import { deployFleet } from './deploy-fleet.ts';
import { runDrill } from './drill/run-drill.ts';
import type { Findings } from './rehearse.ts';
import { readInventory } from './run/account-inventory.ts';
import { type RehearsalEndpoint, writeEndpointFile } from './run/endpoint-file.ts';
import { RehearsalError } from './run/failure.ts';
import type { ProgressEvent } from './run/progress.ts';
import { planUpdate } from './update/plan-update.ts';
import { runUpdate } from './update/run-update.ts';

/** From synth to the last stream: fails with the first thing that is not as it must be. */
export async function exerciseFleet(
  findings: Findings,
  cloud: RehearsalCloud,
  config: ResolvedConfig,
  onEvent: (event: ProgressEvent) => void,
): Promise<void> {
  const { options, directory, log } = findings;
  await Promise.all([log.run('synth', () => cloud.cdk.synth()), cloud.cdk.bootstrap()]);
  if (config.removal === 'destroy') findings.accountBefore = await readInventory(cloud.endpointUrl);
  const deployed = await deployFleet({
    cloud,
    log,
    stackName: config.stackName,
    instances: options.instances,
    mutant: options.update ? undefined : options.mutant,
    signal: options.signal,
  });
  findings.outputs = parseStackOutputs(deployed);
  log.end('cloud', { ok: true, note: `${config.stackName} deployed and verified by its own Lambda` });
  const [apiKey = ''] = await readApiKeys(cloud.clients.secretsManager, findings.outputs.apiKeySecretArn);
  const endpoint: RehearsalEndpoint = {
    url: cloud.balancer.url,
    apiKey,
    model: findings.outputs.servedModelName,
  };
  await verify(findings, cloud, endpoint);
  if (options.update) await underLoad(endpoint, (client) => update(findings, cloud, config, client));
  else if (options.drill) await underLoad(endpoint, (client) => drill(findings, cloud, client));
  if (options.keep) {
    const { region, stackName } = config;
    const aws = { endpointUrl: cloud.endpointUrl, region, stackName, cdkFolder: directory.cdk };
    await keepRunning(findings, cloud, { ...endpoint, aws }, onEvent);
  }
}

async function verify(findings: Findings, cloud: RehearsalCloud, endpoint: RehearsalEndpoint): Promise<void> {
  await findings.log.run(
    'verify',
    async () => {
      const report = await runChecks({
        baseUrl: endpoint.url,
        apiKey: endpoint.apiKey,
        model: endpoint.model,
        expectedInstances: cloud.fleet.inService().map(({ id }) => id),
        signal: findings.options.signal,
      });
      findings.smoke = report;
      if (!report.ok) throw new RehearsalError(describeFailedChecks(report));
      return report;
    },
    (report) => `${report.checks.length} checks passed`,
  );
}

async function underLoad(
  endpoint: RehearsalEndpoint,
  work: (client: PixtralClient) => Promise<void>,
): Promise<void> {
  const client = createClient({ baseUrl: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model });
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

async function drill(findings: Findings, cloud: RehearsalCloud, client: PixtralClient): Promise<void> {
  const { log, options, engine } = findings;
  await log.run(
    'drill',
    async () => {
      const outcome = await runDrill({
        client,
        clients: cloud.clients,
        fleet: cloud.fleet,
        balancer: cloud.balancer,
        engine,
        signal: options.signal,
        onNote: (note) => log.note('drill', note),
      });
      findings.load = outcome;
      if (outcome.problems.length > 0) throw new RehearsalError(`drill: ${outcome.problems.join('; ')}`);
      return outcome;
    },
    (outcome) => `${outcome.streams.length} streams, none cut silently`,
  );
}

async function update(
  findings: Findings,
  cloud: RehearsalCloud,
  config: ResolvedConfig,
  client: PixtralClient,
): Promise<void> {
  const { log, options, engine } = findings;
  const planned = planUpdate(config);
  const note = (text: string) => log.note('update', text);
  await log.run(
    'update',
    async () => {
      note(`cdk deploy with ${planned.description}`);
      const outcome = await runUpdate({
        client,
        fleet: cloud.fleet,
        engine,
        signal: options.signal,
        onNote: note,
        deploy: async () => {
          await cloud.cdk.synth({ assembly: 'update.out', context: planned.context });
          await cloud.cdk.deploy(config.stackName, { assembly: 'update.out' });
        },
      });
      findings.load = outcome;
      if (outcome.rolledBack !== undefined) {
        const cut = outcome.problems.length > 0 ? outcome.problems.join('; ') : 'no stream was cut';
        note(`rolled back under ${outcome.streams.length} streams: ${cut}`);
      }
      if (outcome.problems.length > 0) {
        throw new RehearsalError(`update: ${outcome.problems.join('; ')}`, { cause: outcome.rolledBack });
      }
      if (outcome.rolledBack !== undefined) throw outcome.rolledBack;
      return outcome;
    },
    (outcome) => `every instance replaced under ${outcome.streams.length} streams, none cut`,
  );
}

async function keepRunning(
  findings: Findings,
  cloud: RehearsalCloud,
  endpoint: RehearsalEndpoint,
  onEvent: (event: ProgressEvent) => void,
): Promise<void> {
  const { directory, options } = findings;
  const engineSockets = cloud.fleet.instances().map((instance) => instance.engineSocket);
  const file = await writeEndpointFile(directory.output, { ...endpoint, engineSockets });
  onEvent({ type: 'kept', endpoint, file });
  await new Promise<void>((resolve) =>
    options.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
