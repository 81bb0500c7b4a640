import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What a process may do beyond what its unit allows, as the kernel tells; empty when all is as it should be. Confinement
 * that is not to be had on a machine is silently left out by the service manager, so it is looked at and not believed.
 * @param proc where the kernel tells; a test's folder
 */
export async function findConfinementGaps(pid: number, proc = '/proc'): Promise<readonly string[]> {
  try {
    const own = await readlink(join(proc, 'self', 'ns', 'net'));
    const its = await readlink(join(proc, String(pid), 'ns', 'net'));
    const status = parseStatus(await readFile(join(proc, String(pid), 'status'), 'utf8'));
    return [
      ...(its === own ? ['it shares the network of this machine (PrivateNetwork)'] : []),
      ...(status.get('Uid')?.startsWith('0') ? ['it runs as root (User)'] : []),
      ...(/^0+$/.test(status.get('CapEff') ?? '') ? [] : ['it has capabilities (CapabilityBoundingSet)']),
      ...(status.get('NoNewPrivs') === '1' ? [] : ['it may gain rights (NoNewPrivileges)']),
      ...(status.get('Seccomp') === '2' ? [] : ['its system calls are not filtered (SystemCallFilter)']),
    ];
  } catch (error) {
    // It has ended already: whoever waits for its end is told why.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code)))
      return [];
    throw error;
  }
}

function parseStatus(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const [name = '', value = ''] = line.split(':', 2);
      return [name, value.trim()];
    }),
  );
}
