import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { PictureNetwork } from './network.ts';
import { type PictureUrl, parsePictureUrl } from './parse-picture-url.ts';
import { type FetchLimits, PictureFetchError, type PictureSources } from './picture-source.ts';
import { isPublicAddress } from './public-address.ts';
import { readAtMost } from './read-at-most.ts';

const TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Fetches a picture from an allowed host. The name is resolved once, every address it has must be public, and the
 * connection goes to one of these very addresses; a redirect begins anew with all of it.
 * @throws PictureFetchError; the signal's reason when that aborts
 */
export async function fetchPictureUrl(
  text: string,
  options: {
    readonly sources: PictureSources;
    readonly network: PictureNetwork;
    readonly limits: FetchLimits;
  },
): Promise<Buffer> {
  const { sources, network, limits } = options;
  let next = text;
  for (let redirects = 0; ; redirects++) {
    const url = parsePictureUrl(next, sources.hosts);
    const answer = await open(url, network, limits.signal);
    try {
      const location = readLocation(answer);
      if (location === undefined) return await read(answer, url, limits);
      if (redirects === sources.redirects) {
        throw new PictureFetchError(
          `${url.host} redirects, and ${sources.redirects === 0 ? 'redirects are not followed' : `only ${sources.redirects} redirects are followed`}`,
        );
      }
      next = resolveLocation(location, url);
    } finally {
      answer.destroy();
    }
  }
}

async function open(url: PictureUrl, network: PictureNetwork, signal: AbortSignal): Promise<IncomingMessage> {
  const address = await resolvePublic(url.host, network, signal);
  // An agent of its own: no connection is reused, and no proxy of the environment is asked.
  const agent = new Agent({ keepAlive: false });
  const request = httpsRequest({
    ...network.dial(address),
    ...(network.ca === undefined ? {} : { ca: network.ca }),
    servername: url.host,
    path: url.path,
    method: 'GET',
    headers: { host: url.host, accept: TYPES.join(', '), 'accept-encoding': 'identity' },
    maxHeaderSize: MAX_HEADER_BYTES,
    agent,
    signal,
  });
  request.on('error', () => undefined).end();
  try {
    const [answer] = (await once(request, 'response', { signal })) as [IncomingMessage];
    return answer;
  } catch (error) {
    request.destroy();
    signal.throwIfAborted();
    throw new PictureFetchError(`${url.host} could not be reached: ${reasonOf(error)}`);
  }
}

async function resolvePublic(host: string, network: PictureNetwork, signal: AbortSignal): Promise<string> {
  const aborted = once(signal, 'abort').then(() => signal.throwIfAborted());
  aborted.catch(() => undefined);
  let addresses: readonly string[];
  try {
    addresses = (await Promise.race([network.resolve(host), aborted])) ?? [];
  } catch (error) {
    signal.throwIfAborted();
    throw new PictureFetchError(`${host} could not be resolved: ${reasonOf(error)}`);
  }
  const [first] = addresses;
  if (first === undefined) throw new PictureFetchError(`${host} has no address`);
  if (addresses.every(isPublicAddress)) return first;
  // Which one is not said: it would tell of a network that clients do not see.
  throw new PictureFetchError(`${host} has an address that is not public`);
}

function readLocation({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return REDIRECTS.includes(statusCode) ? (headers.location ?? '') : undefined;
}

/** A path goes on at the same host; anything else has to be a whole URL. */
function resolveLocation(location: string, from: PictureUrl): string {
  return /^\/(?![/\\])/.test(location) ? `https://${from.host}${location}` : location;
}

function read(answer: IncomingMessage, { host }: PictureUrl, limits: FetchLimits): Promise<Buffer> {
  const { statusCode, headers } = answer;
  if (statusCode !== 200) throw new PictureFetchError(`${host} answered with status ${statusCode}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new PictureFetchError(
      `${host} sends it compressed (${encoding.slice(0, 40)}), which was not asked for`,
    );
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'no type';
  if (!TYPES.includes(type)) {
    throw new PictureFetchError(
      `${host} sends ${JSON.stringify(type.slice(0, 80))}, expected ${TYPES.join(', ')}`,
    );
  }
  return readAtMost(answer, Number(headers['content-length'] ?? 0), limits);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
