import ipaddr from 'ipaddr.js';

/** Global unicast, the only IPv6 addresses that are assigned on the internet (IANA registry). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet. Everything else is refused: private, shared (carrier-grade NAT),
 * loopback, link-local with the metadata services, multicast, reserved, unique local, and all IPv6 addresses that stand
 * for an IPv4 one (mapped, NAT64, 6to4, Teredo), behind which the same could hide.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
