import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { requireStack } from '../fleet/find-stack.ts';
import { OperatorError } from '../operator-error.ts';
import { findGroup } from '../status/observe-group.ts';
import { SessionProcess } from './session-process.ts';

export type TunnelEvent =
  | { readonly kind: 'connecting'; readonly instance: string }
  | { readonly kind: 'open'; readonly instance: string }
  | { readonly kind: 'lost'; readonly instance: string; readonly reason: string; readonly retryInMs: number };

/** What a tunnel leads to. */
export interface TunnelTarget {
  /** URL by which clients of this machine reach the balancer. */
  readonly url: string;
  readonly model: string;
  readonly group: string;
  readonly remote: { readonly host: string; readonly port: number };
}

export interface TunnelOptions {
  readonly target: TunnelTarget;
  readonly localPort: number;
  readonly onEvent: (event: TunnelEvent) => void;
  readonly signal: AbortSignal;
  /** Milliseconds before the first new attempt; doubles up to 30 s. @default 1000 */
  readonly retryMs?: number;
}

const OPEN_TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;

/** Attempts that fail one after the other before the tunnel was ever open: then it is not the connection's fault. */
const FIRST_ATTEMPTS = 3;

/** Where a tunnel on a local port would lead. @throws OperatorError when the stack is not that far */
export async function findTunnelTarget(
  clients: Pick<FleetClients, 'cloudFormation' | 'region'>,
  stackName: string,
  localPort: number,
): Promise<TunnelTarget> {
  const { outputs, status } = await requireStack(clients, stackName);
  const { EndpointUrl: endpoint, AutoScalingGroupName: group, ServedModelName: model = '' } = outputs;
  if (endpoint === undefined || group === undefined) {
    throw new OperatorError(
      `stack ${stackName} is ${status} and has no endpoint yet: wait for the deployment ("pixtral status")`,
    );
  }
  const { protocol, hostname: host, port } = new URL(endpoint);
  const secure = protocol === 'https:';
  return {
    // A certificate is for the balancer's name: the client must call it by that.
    url: `${protocol}//${secure ? host : 'localhost'}:${localPort}`,
    remote: { host, port: port === '' ? (secure ? 443 : 80) : Number(port) },
    ...{ model, group },
  };
}

/**
 * Keeps a tunnel open through whichever instance serves, until `signal` aborts: sessions end after AWS's idle time, and
 * with their instance. @throws OperatorError when it never opens
 */
export async function keepTunnel(clients: FleetClients, options: TunnelOptions): Promise<void> {
  const { target, localPort, onEvent, signal, retryMs = 1_000 } = options;
  let everOpen = false;
  let failures = 0;
  let avoid: string | undefined;
  while (!signal.aborted) {
    const instance = await chooseInstance(clients, target.group, avoid);
    onEvent({ kind: 'connecting', instance });
    const session = new SessionProcess({
      region: clients.region,
      instance,
      remote: target.remote,
      localPort,
    });
    try {
      if (await session.opens(localPort, OPEN_TIMEOUT_MS, signal)) {
        everOpen = true;
        failures = 0;
        onEvent({ kind: 'open', instance });
        await Promise.race([session.exited, aborted(signal)]);
      }
    } finally {
      await session.stop();
    }
    if (signal.aborted) return;
    failures += 1;
    avoid = instance;
    if (!everOpen && failures >= FIRST_ATTEMPTS) {
      throw new OperatorError(`no tunnel through ${instance}: ${session.lastLine}`);
    }
    const retryInMs = Math.min(retryMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
    onEvent({ kind: 'lost', instance, reason: session.lastLine, retryInMs });
    await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
  }
}

/** An instance in service, another one than last time if there is one. */
async function chooseInstance(
  clients: Pick<FleetClients, 'autoScaling'>,
  groupName: string,
  avoid: string | undefined,
): Promise<string> {
  const group = await findGroup(clients, groupName);
  const serving = (group?.Instances ?? [])
    .filter(({ LifecycleState }) => LifecycleState === 'InService')
    .flatMap(({ InstanceId }) => InstanceId ?? []);
  const chosen = serving.find((id) => id !== avoid) ?? serving[0];
  if (chosen !== undefined) return chosen;
  throw new OperatorError(
    `no instance is in service to lead a tunnel through (${group?.Instances?.length ?? 0} instances, ${group?.DesiredCapacity ?? 0} desired): see "pixtral status"`,
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
