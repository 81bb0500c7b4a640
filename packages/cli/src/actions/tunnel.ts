import { createServer } from 'node:net';
import { requireStack } from '@pixtral-fleet/operator/fleet';
import {
  checkTunnelTools,
  findTunnelTarget,
  keepTunnel,
  removeTunnelFile,
  type TunnelEvent,
  type TunnelTarget,
  writeTunnelFile,
} from '@pixtral-fleet/operator/tunnel';
import type { TunnelFlags } from '../commands/tunnel.ts';
import { UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { type OpenFleet, openFleet } from '../open-fleet.ts';
import { HOME } from '../repository.ts';

/** Until Ctrl-C; that is its regular end. */
export async function tunnel(flags: TunnelFlags): Promise<void> {
  await checkTunnelTools();
  const fleet = await openFleet(flags);
  const port = await choosePort(flags.port);
  const target = await findTunnelTarget(fleet.clients, fleet.stackName, port);
  const { outputs } = await requireStack(fleet.clients, fleet.stackName);
  const { signal } = interruptSignal();
  let told = false;
  const onEvent = (event: TunnelEvent) => {
    console.error(formatEvent(event));
    if (event.kind !== 'open' || told) return;
    told = true;
    const { url, model } = target;
    console.log(
      flags.json
        ? JSON.stringify({ url, model, port })
        : formatUse(target, fleet, outputs.ApiKeySecretArn ?? ''),
    );
  };
  const { url, model } = target;
  await writeTunnelFile(HOME, {
    url,
    model,
    region: fleet.region,
    stackName: fleet.stackName,
    pid: process.pid,
  });
  try {
    await keepTunnel(fleet.clients, { target, localPort: port, onEvent, signal });
  } finally {
    await removeTunnelFile(HOME);
  }
}

function formatEvent(event: TunnelEvent): string {
  if (event.kind === 'connecting') return `connecting through ${event.instance}`;
  if (event.kind === 'open') return `open through ${event.instance}; Ctrl-C closes it`;
  return `lost (${event.reason}); again in ${Math.round(event.retryInMs / 1_000)} s`;
}

/** Lines to paste. The key is fetched where it is used, not printed. */
function formatUse({ url, model, remote }: TunnelTarget, { region }: OpenFleet, secretArn: string): string {
  const key = `export PIXTRAL_API_KEY=$(aws secretsmanager get-secret-value --region ${region} --secret-id ${secretArn} --query SecretString --output text)`;
  const hosts = url.startsWith('https:')
    ? [`  # once, since the certificate is for that name: 127.0.0.1 ${remote.host} in /etc/hosts`]
    : [];
  const body = JSON.stringify({
    model,
    messages: [{ role: 'user', content: 'Reply with the word "hello".' }],
  });
  return [
    '',
    ...hosts,
    `  ${key}`,
    `  curl -s ${url}/v1/chat/completions -H "Authorization: Bearer $PIXTRAL_API_KEY" -H 'Content-Type: application/json' -d '${body}'`,
    '  npm run -s pixtral -- ask picture.png "What is in this picture?"   # finds the tunnel and the key by itself',
    '',
  ].join('\n');
}

/** @throws UsageError when the port that was asked for is taken */
function choosePort(wanted: number | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (error) =>
    reject(
      new UsageError(`port ${wanted} of this machine cannot be used (${error.message}): give another --port`),
    ),
  );
  server.listen(wanted ?? 0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
