import { join } from 'node:path';
import { loadConfig, type ResolvedConfig } from '@pixtral-fleet/infra/config';
import { createFleetClients, type FleetClients } from '@pixtral-fleet/operator/fleet';
import { readEndpointFile } from '@pixtral-fleet/rehearsal/endpoint-file';
import { UsageError } from './exit-codes.ts';
import type { FleetFlags } from './fleet-options.ts';
import { REPOSITORY } from './repository.ts';

/** A fleet in an account, ready to be looked at. */
export interface OpenFleet {
  readonly clients: FleetClients;
  readonly stackName: string;
  readonly region: string;
  /** Folder in which the CDK runs. @default - that of the app */
  readonly cdkFolder?: string | undefined;
}

/** Region and stack from flags, else from the config. Profile and rehearsal are put where child processes see them too. */
export async function openFleet(flags: FleetFlags): Promise<OpenFleet> {
  if (flags.profile !== undefined) process.env.AWS_PROFILE = flags.profile;
  const rehearsed = flags.rehearsal ? await enterRehearsal() : undefined;
  const known = { region: flags.region ?? rehearsed?.region, stackName: flags.stack ?? rehearsed?.stackName };
  const { region, stackName } =
    known.region !== undefined && known.stackName !== undefined
      ? { region: known.region, stackName: known.stackName }
      : await fromConfig(known);
  return { clients: createFleetClients({ region }), stackName, region, cdkFolder: rehearsed?.cdkFolder };
}

async function fromConfig(known: {
  readonly region: string | undefined;
  readonly stackName: string | undefined;
}): Promise<{ readonly region: string; readonly stackName: string }> {
  const config = await loadUserConfig();
  return { region: known.region ?? config.region, stackName: known.stackName ?? config.stackName };
}

/** The config that deployments are made of; PIXTRAL_CONFIG names another file. @throws ConfigError */
export function loadUserConfig(): Promise<ResolvedConfig> {
  return loadConfig(process.env.PIXTRAL_CONFIG ?? join(REPOSITORY, 'pixtral.config.ts'));
}

/** From here on this process, and those that it starts, know no AWS but the emulated one. */
async function enterRehearsal() {
  const kept = await readEndpointFile(REPOSITORY);
  if (!kept?.aws) {
    throw new UsageError('no rehearsal is kept on this machine: start one with "npm start -- --keep"');
  }
  const { AWS_PROFILE: _, ...rest } = process.env;
  process.env = {
    ...rest,
    AWS_ENDPOINT_URL: kept.aws.endpointUrl,
    AWS_REGION: kept.aws.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    CDK_HOME: join(REPOSITORY, '.rehearsal'),
    CDK_DISABLE_VERSION_CHECK: '1',
  };
  return kept.aws;
}
