import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The loopback, and what some kernels add to every network: ends of tunnels that lead nowhere, which only CAP_NET_ADMIN could
 * change (`net.core.fb_tunnels_only_for_init_net`).
 */
const HARMLESS = /^(lo|tunl0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|sit0|ip6tnl0|ip6gre0)$/;

/** That a process has a network of its own with nothing in it: no address of the metadata service, and no other. */
export async function findNetworkGaps(folder: string, self: string): Promise<readonly string[]> {
  const [own, its] = await Promise.all([self, folder].map((each) => readlink(join(each, 'ns', 'net'))));
  if (its === own) return ['it shares the network of this machine (PrivateNetwork)'];
  // Two lines of headings, then one for each interface.
  const interfaces = (await readFile(join(folder, 'net', 'dev'), 'utf8'))
    .split('\n')
    .slice(2)
    .map((line) => line.split(':')[0]?.trim() ?? '')
    .filter((name) => name !== '' && !HARMLESS.test(name));
  if (interfaces.length > 0) {
    return [`its network has ${interfaces.join(', ')} (JoinsNamespaceOf, NetworkNamespacePath)`];
  }
  return [];
}
