import { type RehearsalEndpoint, readEndpointFile } from '@pixtral-fleet/rehearsal/endpoint-file';
import { DEFAULT_MODEL, type EndpointFlags } from './endpoint-options.ts';
import { UsageError } from './exit-codes.ts';
import type { FleetFlags } from './fleet-options.ts';
import { HOME, REPOSITORY } from './repository.ts';

/** Where a fleet answers. */
export type Endpoint = Pick<RehearsalEndpoint, 'url' | 'apiKey' | 'model'>;

export interface EndpointSources {
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where a kept rehearsal leaves its note. @default - this repository */
  readonly repository?: string;
  /** Where a running tunnel leaves its note. @default - PIXTRAL_HOME, else this repository */
  readonly home?: string;
}

/**
 * Flags before environment before a running tunnel before a kept rehearsal before the deployed stack.
 * @throws UsageError that names the ways, or says why the stack cannot be reached from here
 */
export async function resolveEndpoint(
  flags: EndpointFlags & FleetFlags,
  { environment = process.env, repository = REPOSITORY, home = HOME }: EndpointSources = {},
): Promise<Endpoint> {
  const url = flags.endpoint ?? environment.PIXTRAL_ENDPOINT;
  if (url !== undefined) return named(url, flags, environment);
  const apiKeyGiven = flags.apiKey ?? environment.PIXTRAL_API_KEY;
  const chosen = apiKeyGiven === undefined ? flags : { ...flags, apiKey: apiKeyGiven };
  const found =
    (await fromTunnel(chosen, home)) ?? (await readEndpointFile(repository)) ?? (await fromStack(chosen));
  const { url: base, apiKey, model } = found;
  return { url: base, apiKey, model: flags.model ?? environment.PIXTRAL_MODEL ?? model };
}

function named(url: string, flags: EndpointFlags, environment: NodeJS.ProcessEnv): Endpoint {
  const apiKey = flags.apiKey ?? environment.PIXTRAL_API_KEY;
  if (!apiKey) throw new UsageError(`an API key is needed for ${url}: set PIXTRAL_API_KEY or give --api-key`);
  return { url: checkUrl(url), apiKey, model: flags.model ?? environment.PIXTRAL_MODEL ?? DEFAULT_MODEL };
}

async function fromTunnel(flags: EndpointFlags & FleetFlags, home: string): Promise<Endpoint | undefined> {
  const { readTunnelFile } = await import('@pixtral-fleet/operator/tunnel-file');
  const tunnel = await readTunnelFile(home);
  if (!tunnel) return undefined;
  const { url, model, region, stackName: stack } = tunnel;
  if (flags.apiKey !== undefined) return { url, model, apiKey: flags.apiKey };
  const { readDeployedEndpoint } = await import('./deployed-endpoint.ts');
  const { apiKey } = await readDeployedEndpoint({ ...flags, region, stack });
  return { url, model, apiKey };
}

async function fromStack(flags: EndpointFlags & FleetFlags): Promise<Endpoint> {
  const { readDeployedEndpoint, requireReachable } = await import('./deployed-endpoint.ts');
  const endpoint = await readDeployedEndpoint(flags).catch(async (error: unknown) => {
    const { describeError } = await import('./describe-error.ts');
    const { message } = await describeError(error);
    throw new UsageError(
      `no endpoint: give --endpoint URL, or set PIXTRAL_ENDPOINT and PIXTRAL_API_KEY, or open one with "pixtral tunnel", or start one on this machine with "npm start -- --keep"; and no deployed stack was found: ${message.replace(/^error: /, '')}`,
    );
  });
  await requireReachable(endpoint.url);
  return endpoint;
}

function checkUrl(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new UsageError(
      `endpoint must be an http or https URL such as http://localhost:8080, got ${JSON.stringify(url)}`,
    );
  }
  return url;
}
