import { connect } from 'node:net';
import { groupRuns } from './child-process.ts';

/** What a rehearsal started and must have ended: process groups and listening ports. */
export interface Inventory {
  readonly processes: ReadonlyMap<number, string>;
  readonly ports: ReadonlyMap<number, string>;
}

/** What of it is still there, in words; empty after a clean end. */
export async function findLeftovers(inventory: Inventory): Promise<readonly string[]> {
  const processes = await Promise.all(
    [...inventory.processes].map(async ([pid, name]) =>
      (await groupRuns(pid)) ? [`process group ${pid} (${name}) is still running`] : [],
    ),
  );
  const ports = await Promise.all(
    [...inventory.ports].map(async ([port, name]) =>
      (await isListening(port)) ? [`port ${port} (${name}) is still listening`] : [],
    ),
  );
  return [...processes, ...ports].flat();
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
