import type { ServerResponse } from 'node:http';
import type { S3Client } from '@aws-sdk/client-s3';
import { ImageHeaderError, readImageHeader } from '@pixtral-fleet/catalog';
import type { GatewayLimits } from '../../config/instance-config.ts';
import type { BodyBudget } from '../connections/body-budget.ts';
import { Refusal } from '../refusal.ts';
import { fetchPictureObject } from './fetch-picture-object.ts';
import { fetchPictureUrl } from './fetch-picture-url.ts';
import { findPictureLinks, type PictureLink } from './find-picture-links.ts';
import { INTERNET, type PictureNetwork } from './network.ts';
import { PictureFetchError, type PictureSources } from './picture-source.ts';

export interface PictureFetcherOptions {
  readonly sources: PictureSources;
  readonly s3: Pick<S3Client, 'send'>;
  readonly network: PictureNetwork;
}

/** What a request may fetch, and for whom. */
export interface FetchBudget {
  /** `maxImageBytes` for each picture; `maxBodyBytes` for the whole body afterwards, with pictures as data URIs. */
  readonly limits: Pick<GatewayLimits, 'maxImageBytes' | 'maxBodyBytes'>;
  readonly memory: BodyBudget;
  /** When it closes, nothing is fetched any more, and memory is given back. */
  readonly response: ServerResponse;
}

/** The smallest PNG there is: stands for a picture while the rest of its request is looked at. */
const STAND_IN =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A picture is held as bytes, and as base64 in text and in the new body. */
const COPIES = 4;

/** Turns the addresses of pictures into the pictures, where the fleet may fetch them; the model server fetches nothing. */
export class PictureFetcher {
  readonly #options: PictureFetcherOptions;

  constructor(options: PictureFetcherOptions) {
    this.#options = options;
  }

  /**
   * Replaces every link in a parsed request; what it looks like otherwise is checked before anything is fetched.
   *
   * @param body is changed
   * @param check is called with pictures that stand for those to be fetched; throws for a request to be refused
   * @returns the new body's bytes; undefined when there was nothing to fetch
   * @throws Refusal that names the field
   */
  async fetchInto(body: unknown, check: () => unknown, budget: FetchBudget): Promise<Buffer | undefined> {
    const links = findPictureLinks(body).filter(({ url }) => this.#mayFetch(url));
    if (links.length === 0) return undefined;
    for (const link of links) link.replace(STAND_IN);
    check();
    const { memory, response, limits } = budget;
    const needed = links.length * limits.maxImageBytes * COPIES;
    const share = memory.open(needed);
    try {
      if (!share.resize(needed)) {
        throw new Refusal(
          503,
          'this instance has no memory for pictures to be fetched; send the request again',
          {
            retryAfterSeconds: 2,
          },
        );
      }
      await this.#fetchAll(links, budget);
      const bytes = Buffer.from(JSON.stringify(body));
      if (bytes.length > limits.maxBodyBytes) {
        throw new Refusal(
          413,
          `with the fetched pictures the body has more than ${limits.maxBodyBytes} bytes`,
        );
      }
      share.resize(bytes.length);
      if (response.destroyed) throw new Refusal(400, 'the client has gone');
      response.once('close', () => share[Symbol.dispose]());
      return bytes;
    } catch (error) {
      share[Symbol.dispose]();
      throw error;
    }
  }

  /** Others are refused by whoever looks at pictures. */
  #mayFetch(url: string): boolean {
    const { hosts, buckets } = this.#options.sources;
    return (hosts.length > 0 && /^https?:/i.test(url)) || (buckets.length > 0 && /^s3:/.test(url));
  }

  async #fetchAll(links: readonly PictureLink[], { limits, response }: FetchBudget): Promise<void> {
    const { timeoutSeconds } = this.#options.sources;
    const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
    const failed = new AbortController();
    const signal = AbortSignal.any([timeout, failed.signal]);
    const gone = () => failed.abort(new Refusal(400, 'the client has gone'));
    response.once('close', gone);
    const fetches = links.map(async (link) => {
      try {
        link.replace(toDataUri(await this.#fetch(link.url, { maxBytes: limits.maxImageBytes, signal })));
      } catch (error) {
        const isLate = timeout.aborted && signal.reason === timeout.reason;
        throw refuse(link, isLate ? timeoutSeconds : error);
      }
    });
    try {
      await Promise.all(fetches);
    } catch (error) {
      // The others are of no use now.
      failed.abort(error);
      await Promise.allSettled(fetches);
      throw error;
    } finally {
      response.off('close', gone);
    }
  }

  #fetch(url: string, limits: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<Buffer> {
    const { sources, s3, network } = this.#options;
    if (url.startsWith('s3:')) return fetchPictureObject(url, { buckets: sources.buckets, s3, limits });
    return fetchPictureUrl(url, { sources, network, limits });
  }
}

/** As instances do it: from the internet and S3 themselves. */
export function createPictureFetcher(sources: PictureSources, s3: S3Client): PictureFetcher {
  return new PictureFetcher({ sources, s3, network: INTERNET });
}

/** By what the bytes are, not by what they were called. @throws PictureFetchError */
function toDataUri(bytes: Buffer): string {
  try {
    return `data:image/${readImageHeader(bytes).format};base64,${bytes.toString('base64')}`;
  } catch (error) {
    if (error instanceof ImageHeaderError)
      throw new PictureFetchError(`not a picture that can be read: ${error.message}`);
    throw error;
  }
}

function refuse({ param }: PictureLink, reason: unknown): unknown {
  if (typeof reason === 'number') {
    return new Refusal(400, `"${param}" could not be fetched: it did not come within ${reason} s`, { param });
  }
  if (!(reason instanceof PictureFetchError)) return reason;
  return new Refusal(400, `"${param}" could not be fetched: ${reason.message}`, { param });
}
