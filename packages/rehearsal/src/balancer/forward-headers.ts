import type { ForwardedForMode } from './load-balancer-config.ts';

/** Header lines in the order sent: name, value, name, value, … (Node's `rawHeaders`). */
export type RawHeaders = readonly string[];

/** Meant for one connection only (RFC 9110, 7.6.1), so never passed on; `Connection` may name more. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ForwardOptions {
  readonly headers: RawHeaders;
  readonly clientAddress: string;
  readonly listenerPort: number;
  readonly listenerProtocol: 'HTTP' | 'HTTPS';
  readonly preserveHostHeader: boolean;
  readonly forwardedForMode: ForwardedForMode;
  /** A fresh `1-<8 hex>-<24 hex>`. */
  readonly traceId: string;
}

/** Headers of the request to the target. Body framing is not among them: the sender adds it. */
export function requestHeaders(options: ForwardOptions): string[] {
  const { headers, clientAddress, listenerPort, forwardedForMode, traceId } = options;
  // The load balancer itself has answered `Expect: 100-continue`.
  const replaced = [
    'host',
    'x-forwarded-proto',
    'x-forwarded-port',
    'x-amzn-trace-id',
    'content-length',
    'expect',
  ];
  if (forwardedForMode !== 'preserve') replaced.push('x-forwarded-for');
  const out = endToEndHeaders(headers, replaced);
  out.push(
    'Host',
    options.preserveHostHeader
      ? headerValue(headers, 'host')
      : targetHost(headerValue(headers, 'host'), listenerPort),
  );
  if (forwardedForMode === 'append') {
    const before = headerValue(headers, 'x-forwarded-for');
    out.push('X-Forwarded-For', before === '' ? clientAddress : `${before}, ${clientAddress}`);
  }
  out.push('X-Forwarded-Proto', options.listenerProtocol.toLowerCase());
  out.push('X-Forwarded-Port', String(listenerPort));
  out.push('X-Amzn-Trace-Id', traceHeader(headerValue(headers, 'x-amzn-trace-id'), traceId));
  return out;
}

/** The headers without those that belong to one connection, and without the (lower-case) names given. */
export function endToEndHeaders(headers: RawHeaders, without: readonly string[] = []): string[] {
  const named = headerValue(headers, 'connection').toLowerCase().split(',');
  const dropped = new Set([...HOP_BY_HOP, ...without, ...named.map((name) => name.trim())]);
  const out: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!dropped.has(name.toLowerCase())) out.push(name, headers[at + 1] ?? '');
  }
  return out;
}

/** All values of a header joined by ", ", or "". */
export function headerValue(headers: RawHeaders, name: string): string {
  const values: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === name) values.push(headers[at + 1] ?? '');
  }
  return values.join(', ');
}

/**
 * Adds `Root` when there is none, else inserts or renews `Self`; other fields stay
 * (ELB user guide, "Request tracing for your Application Load Balancer").
 */
export function traceHeader(before: string, traceId: string): string {
  const fields = before.split(';').map((field) => field.trim());
  const kept = fields.filter((field) => field !== '' && !field.startsWith('Self='));
  const root = kept.some((field) => field.startsWith('Root='));
  return [`${root ? 'Self' : 'Root'}=${traceId}`, ...kept].join(';');
}

/** Listeners on 80 and 443 drop the client's port, others put their own (seen on AWS by the emulator's authors). */
function targetHost(host: string, listenerPort: number): string {
  const name = host.replace(/:\d+$/, '');
  return listenerPort === 80 || listenerPort === 443 ? name : `${name}:${listenerPort}`;
}
