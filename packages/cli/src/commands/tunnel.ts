import type { Command } from 'commander';
import { UsageError } from '../exit-codes.ts';
import { addFleetOptions, type FleetFlags } from '../fleet-options.ts';

export interface TunnelFlags extends FleetFlags {
  readonly port?: number;
  readonly json?: boolean;
}

/** `pixtral tunnel`: the internal load balancer on a port of this machine, until Ctrl-C. */
export function addTunnel(program: Command): void {
  addFleetOptions(
    program
      .command('tunnel')
      .description('reach the fleet from this machine: a port forward through an instance, kept open')
      .option('--port <number>', 'local port (default: a free one)', parsePort)
      .option('--json', 'print {"url", "model", "port"} once it is open'),
  ).action(async (flags: TunnelFlags) => {
    const { tunnel } = await import('../actions/tunnel.ts');
    await tunnel(flags);
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port must be a whole number from 1 to 65535, got ${JSON.stringify(text)}`);
}
