import { connect } from 'node:net';
import { requireStack } from '@pixtral-fleet/operator/fleet';
import { readApiKey } from '@pixtral-fleet/operator/secrets';
import { UsageError } from './exit-codes.ts';
import type { FleetFlags } from './fleet-options.ts';
import { openFleet } from './open-fleet.ts';
import type { Endpoint } from './resolve-endpoint.ts';

/** The endpoint of the deployed stack, and its key from Secrets Manager. @throws OperatorError without a stack */
export async function readDeployedEndpoint(
  flags: FleetFlags & { readonly apiKey?: string | undefined },
): Promise<Endpoint> {
  const { clients, stackName } = await openFleet(flags);
  const { outputs, status } = await requireStack(clients, stackName);
  const { EndpointUrl: url, ServedModelName: model, ApiKeySecretArn: secretArn } = outputs;
  if (url === undefined || model === undefined || secretArn === undefined) {
    throw new UsageError(`stack ${stackName} is ${status} and has no endpoint yet: see "pixtral status"`);
  }
  return { url, model, apiKey: flags.apiKey ?? (await readApiKey(clients, secretArn)) };
}

const REACH_MS = 3_000;

/** An internal load balancer is reached from its VPC alone. @throws UsageError naming the tunnel */
export async function requireReachable(url: string): Promise<void> {
  const { hostname: host, port, protocol } = new URL(url);
  const reason = await tryToConnect(host, port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
  if (reason === undefined) return;
  throw new UsageError(
    `${url} is the fleet's address inside its VPC and cannot be reached from here (${reason}): open a tunnel with "pixtral tunnel" and ask again, or check it from inside with "pixtral verify --in-vpc"`,
  );
}

function tryToConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(REACH_MS, () => finish(`no answer in ${REACH_MS / 1_000} s`));
    socket.once('connect', () => finish());
    socket.once('error', (error) => finish(error.message));
  });
}
