import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A tunnel that runs: where `pixtral ask` and `pixtral verify` find the fleet. Holds no key. */
export interface RunningTunnel {
  readonly url: string;
  readonly model: string;
  readonly region: string;
  readonly stackName: string;
  /** Of the command that keeps it open. */
  readonly pid: number;
}

const schema = z.object({
  url: z.url(),
  model: z.string(),
  region: z.string(),
  stackName: z.string(),
  pid: z.number().int().positive(),
});

function tunnelFile(repository: string): string {
  return join(repository, '.pixtral', 'tunnel.json');
}

export async function writeTunnelFile(repository: string, tunnel: RunningTunnel): Promise<void> {
  await mkdir(join(repository, '.pixtral'), { recursive: true });
  await writeFile(tunnelFile(repository), `${JSON.stringify(tunnel)}\n`, { mode: 0o600 });
}

export async function removeTunnelFile(repository: string): Promise<void> {
  await rm(tunnelFile(repository), { force: true });
}

/** The tunnel that runs on this machine, or undefined: a file whose command has ended counts as none. */
export async function readTunnelFile(repository: string): Promise<RunningTunnel | undefined> {
  let text: string;
  try {
    text = await readFile(tunnelFile(repository), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const tunnel = schema.parse(JSON.parse(text));
  return isRunning(tunnel.pid) ? tunnel : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
