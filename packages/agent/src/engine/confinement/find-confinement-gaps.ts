import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findMountGaps } from './find-mount-gaps.ts';
import { findNetworkGaps } from './find-network-gaps.ts';
import { findProcessGaps } from './find-process-gaps.ts';
import { findSocketGaps } from './find-socket-gaps.ts';
import { readProcessStatus } from './process-status.ts';

/**
 * What a process may do beyond what its unit allows, as the kernel tells; empty when all is as it should be. Confinement
 * that is not to be had on a machine is silently left out by the service manager, so it is looked at and not believed.
 * @param proc where the kernel tells; a test's folder
 */
export async function findConfinementGaps(pid: number, proc = '/proc'): Promise<readonly string[]> {
  const folder = join(proc, String(pid));
  try {
    const status = await readProcessStatus(folder);
    const gaps = await Promise.all([
      findNetworkGaps(folder, join(proc, 'self')),
      findProcessGaps(folder, status),
      findMountGaps(folder),
      findSocketGaps(folder, join(proc, 'self'), status),
    ]);
    return gaps.flat();
  } catch (error) {
    // It has ended already: whoever waits for its end is told why.
    if (await hasEnded(folder)) return [];
    throw error;
  }
}

async function hasEnded(folder: string): Promise<boolean> {
  const status = await readFile(join(folder, 'status'), 'utf8').catch(() => '');
  return status === '' || /^State:\s*[ZX]/m.test(status);
}
