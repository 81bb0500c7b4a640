import tls from 'node:tls';

/** Value of CERTIFICATE_NAME for a certificate whose name nobody said: only its issuer is checked. */
export const ANY_NAME = '*';

/**
 * Lets TLS connections of this process expect a certificate for another name than the host's: an internal load balancer
 * is asked by AWS's name before the DNS of its owner leads there. Its issuer is checked as always.
 * @param name host name, `ANY_NAME`, or undefined to change nothing
 */
export function expectCertificateName(name: string | undefined): void {
  if (name === undefined) return;
  const check = tls.checkServerIdentity;
  tls.checkServerIdentity = (host, certificate) => {
    if (!isLoadBalancer(host)) return check(host, certificate);
    return name === ANY_NAME ? undefined : check(name, certificate);
  };
}

/** AWS's own services are still known by their own names. */
function isLoadBalancer(host: string): boolean {
  return /\.elb\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/.test(host);
}
