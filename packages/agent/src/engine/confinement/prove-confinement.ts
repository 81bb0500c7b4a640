import { findConfinementGaps } from './find-confinement-gaps.ts';
import { findUnitGaps } from './find-unit-gaps.ts';

/**
 * That a model server can do no more than it should, before it gets a request: by what the kernel tells of its process, and for
 * what the kernel does not tell, by what the service manager was told.
 * @param proc where the kernel tells; a test's folder
 * @throws Error with everything that it could do, and where to look for the reason
 */
export async function proveConfinement(unit: string, pid: number, proc = '/proc'): Promise<void> {
  const [kernel, manager] = await Promise.all([findConfinementGaps(pid, proc), findUnitGaps(unit)]);
  const gaps = [...kernel, ...manager.gaps];
  if (gaps.length === 0) return;
  throw new Error(
    `the model server is not confined as ${unit} says: ${gaps.join('; ')}. ${remedy(unit, manager.dropIns)}`,
  );
}

function remedy(unit: string, dropIns: readonly string[]): string {
  if (dropIns.length > 0) {
    return `The unit is changed by ${dropIns.join(', ')}: take that away, then "systemctl daemon-reload"`;
  }
  return `No drop-in changes the unit: either its file is another one, or this machine does not give it what it asks for ("journalctl -u ${unit}" tells)`;
}
