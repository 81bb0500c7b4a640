import { createHash } from 'node:crypto';
import type { ImageSize } from '@pixtral-fleet/catalog';
import { badRequest, parameterError, VllmError } from '../chat/vllm-error.ts';
import type { HttpOptions } from '../http/http-options.ts';
import { FetchFailure, fetchOnce } from './fetch-once.ts';
import { identifyPicture } from './picture.ts';

/** A picture as vLLM's own loader has it. */
export interface LoadedMedia {
  readonly url: string;
  readonly bytes: Buffer;
  /** As it is to be shown: turned as EXIF says. */
  readonly size: ImageSize;
  /** Of the bytes. */
  readonly digest: string;
}

/** The two clients by which vLLM 0.32.0 loads one URL (242). */
const AGENTS = { first: 'vLLM/0.32.0', second: 'mistral-common/1.13.1' };

/** Time limits of the attempts and pauses after them, in seconds (245, 248). */
const ATTEMPTS = [
  { limit: 5, pause: 1 },
  { limit: 20, pause: 4 },
  { limit: 80, pause: 0 },
];

/** `MISTRAL_COMMON_DOWNLOAD_TIMEOUT` by default, in seconds (251). */
const SECOND_LIMIT = 10;

/** The first load, with what vLLM 0.32.0 answers when it fails. @throws VllmError */
export async function loadMedia(url: string, options: HttpOptions): Promise<LoadedMedia> {
  const bytes = url.startsWith('data:') ? readDataUri(url) : await loadUrl(url, options);
  const size = await identifyPicture(bytes, options.maxImagePixels);
  return { url, bytes, size, digest: createHash('sha1').update(bytes).digest('hex') };
}

/**
 * The second load, of URLs only. It knows nothing of allowed hosts and redirects (607), and everybody waits for it.
 * @throws VllmError
 */
export async function loadAgain(media: LoadedMedia, options: HttpOptions): Promise<Buffer> {
  const { url } = media;
  if (url.startsWith('data:')) return media.bytes;
  const { fetchSecond } = options;
  try {
    const limitMs = SECOND_LIMIT * 1_000 * fetchSecond;
    const { status, reason, bytes } = await fetchOnce(url, {
      userAgent: AGENTS.second,
      redirects: true,
      limitMs,
    });
    if (status < 400) return bytes;
    const side = status < 500 ? 'Client' : 'Server';
    throw badRequest(`${status} ${side} Error: ${reason} for url: ${url}`);
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    throw badRequest(
      error.timedOut
        ? `Error downloading the image from ${url}: timed out after ${SECOND_LIMIT.toFixed(1)} seconds. Pass a larger \`timeout\` or set the environment variable \`MISTRAL_COMMON_DOWNLOAD_TIMEOUT\` to increase the timeout.`
        : `Error downloading the image from ${url}: ${error.message}`,
    );
  }
}

function readDataUri(url: string): Buffer {
  const comma = url.indexOf(',');
  if (comma < 0) throw badRequest(`Invalid data URL '${url}': missing ',' separator.`);
  if (!/;base64$/i.test(url.slice(0, comma))) {
    throw new VllmError(501, 'Only base64 data URLs are supported for now.');
  }
  const payload = url.slice(comma + 1);
  if (!/^[A-Za-z0-9+/=\s]*$/.test(payload)) throw badRequest('Non-base64 digit found');
  return Buffer.from(payload, 'base64');
}

async function loadUrl(url: string, options: HttpOptions): Promise<Buffer> {
  const parsed = URL.parse(url);
  if (!parsed) throw badRequest('Unsupported image url scheme');
  if (parsed.protocol === 'file:') {
    throw unexpected('Cannot load local files without `--allowed-local-media-path`.');
  }
  if (!['http:', 'https:'].includes(parsed.protocol)) {
    throw badRequest('The URL must be either a HTTP, data or file URL.');
  }
  checkHost(parsed.hostname, options.allowedMediaDomains);
  if (!options.network) throw cannotConnect(parsed, 'Network is unreachable');
  return attempt(parsed, options);
}

function checkHost(host: string, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(host)) return;
  const list = allowed.map((name) => `'${name}'`).join(', ');
  throw badRequest(`The URL must be from one of the allowed domains: [${list}]. Input URL domain: ${host}`);
}

/** What may pass is tried three times; what will not is told at once. */
async function attempt(url: URL, { fetchSecond, allowRedirects }: HttpOptions): Promise<Buffer> {
  let failure = unexpected('');
  for (const { limit, pause } of ATTEMPTS) {
    try {
      const { status, reason, bytes } = await fetchOnce(url.href, {
        userAgent: AGENTS.first,
        redirects: allowRedirects,
        limitMs: limit * 1_000 * fetchSecond,
      });
      if (status < 400) return bytes;
      failure = unexpected(`${status}, message='${reason}', url='${url.href}'`);
      if (status === 429) throw failure;
      if (status < 500) throw fetchRefused(status, url);
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      failure = error.timedOut
        ? unexpected('')
        : cannotConnect(url, `Connect call failed ('${url.hostname}', ${portOf(url)})`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause * 1_000 * fetchSecond));
  }
  throw failure;
}

function fetchRefused(status: number, url: URL): VllmError {
  const { message, param } = parameterError(
    'image_url',
    `Failed to fetch media from URL: HTTP ${status} error`,
    url.href,
  );
  return new VllmError(422, message, { param: param ?? '' });
}

function cannotConnect(url: URL, reason: string): VllmError {
  return unexpected(`Cannot connect to host ${url.hostname}:${portOf(url)} ssl:default [${reason}]`);
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

function unexpected(message: string): VllmError {
  return new VllmError(500, message, { unexpected: true });
}
