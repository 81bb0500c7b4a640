import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusal.ts';

/** Clients and balancers send a dozen or two. */
const MOST_HEADERS = 100;

/** A name, an IPv4 or a bracketed IPv6 address, with or without a port: nothing that could be read as part of a path. */
const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

/** No path of the gateway needs more; what is escaped or dotted could mean another path to somebody in between. */
const PLAIN_PATH = /^\/[A-Za-z0-9/_.-]*$/;

/**
 * Refuses heads of requests that two servers could read differently: every request has one meaning here, or none.
 * @throws Refusal 400, 404 or 431
 */
export function checkRequestHead(request: Pick<IncomingMessage, 'url' | 'rawHeaders' | 'httpVersion'>): void {
  const { url = '', rawHeaders } = request;
  const count = rawHeaders.length / 2;
  if (count > MOST_HEADERS) {
    throw new Refusal(431, `the request has ${count} headers, at most ${MOST_HEADERS} are accepted`);
  }
  if (!url.startsWith('/')) {
    throw new Refusal(400, `the request target must be a path such as /v1/models, got ${show(url)}`);
  }
  checkHost(request);
  const path = url.split('?', 1)[0] ?? '';
  if (!PLAIN_PATH.test(path)) throw new Refusal(404, `there is no path ${show(path)} here`);
}

function checkHost({ rawHeaders, httpVersion }: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'>): void {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && isHost(rawHeaders[index - 1]));
  if (hosts.length > 1) throw new Refusal(400, `there must be one Host header, got ${hosts.length}`);
  const [host] = hosts;
  if (host === undefined && httpVersion === '1.0') return;
  if (host === undefined) throw new Refusal(400, 'there must be one Host header, got none');
  if (!HOST.test(host)) {
    throw new Refusal(400, `the Host header must be a host, with or without a port, got ${show(host)}`);
  }
}

function isHost(name: string | undefined): boolean {
  return name?.toLowerCase() === 'host';
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
