import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { explainRefusal, HubError } from './hub-error.ts';

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal; large files (LFS) have it, small ones only Git's own hash. */
  readonly sha256: string | undefined;
}

export interface HubClientOptions {
  /** @default 'https://huggingface.co' */
  readonly endpoint?: string;
  /** Sent to the hub alone, never to the hosts that it redirects to. @default - none */
  readonly token?: string | undefined;
  /** How the person who reads a refusal gives a token. */
  readonly tokenAdvice: string;
  readonly signal: AbortSignal;
  /** First pause before a request is repeated; each further one is twice as long. @default 1000 */
  readonly firstPauseMs?: number;
  /** A connection without a byte for so long is given up. @default 60000 */
  readonly silenceMs?: number;
}

/** With pauses of 1, 2, 4, 8 and 16 s between them: half a minute of an outage is lived through. */
const ATTEMPTS = 6;
const LONGEST_PAUSE_MS = 120_000;

const revisionSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number().int().min(0).optional(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number() }).optional(),
  }),
);

/** The part of Hugging Face's API that fetching a model needs. Requests are repeated where that can help. */
export class HubClient {
  readonly endpoint: string;
  readonly signal: AbortSignal;
  readonly #options: HubClientOptions;

  constructor(options: HubClientOptions) {
    this.endpoint = (options.endpoint ?? 'https://huggingface.co').replace(/\/+$/, '');
    this.signal = options.signal;
    this.#options = options;
  }

  /** The commit behind a branch, tag or commit. @throws HubError */
  async resolveRevision(repository: string, revision: string): Promise<string> {
    const url = `${this.endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
    return (await this.#json(repository, url, revisionSchema)).body.sha;
  }

  /** All files at a commit, over all pages. @throws HubError */
  async listFiles(repository: string, commit: string): Promise<readonly HubFile[]> {
    const files: HubFile[] = [];
    let url: string | undefined = `${this.endpoint}/api/models/${repository}/tree/${commit}?recursive=true`;
    while (url) {
      const page: { readonly body: z.output<typeof treeSchema>; readonly next: string | undefined } =
        await this.#json(repository, url, treeSchema);
      for (const { type, path, size = 0, lfs } of page.body) {
        if (type === 'file') files.push({ path, size: lfs?.size ?? size, sha256: lfs?.oid });
      }
      url = page.next;
    }
    return files;
  }

  /**
   * The bytes of a file from `start` to `end`, both included, as they come. Ends early when the connection breaks, by
   * an error of the network: the caller asks for the rest.
   * @throws HubError when the hub refuses, or when the file is not as long as it was listed.
   */
  async *read(
    file: {
      readonly repository: string;
      readonly commit: string;
      readonly path: string;
      readonly size: number;
    },
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal = this.signal,
  ): AsyncGenerator<Uint8Array> {
    const path = file.path.split('/').map(encodeURIComponent).join('/');
    const url = `${this.endpoint}/${file.repository}/resolve/${file.commit}/${path}`;
    const silence = new SilenceTimer(this.#options.silenceMs ?? 60_000);
    const headers = { range: `bytes=${range.start}-${range.end}` };
    try {
      const either = AbortSignal.any([signal, silence.signal]);
      const answer = await this.#request(file.repository, url, { headers, signal: either });
      checkLength(answer, file, range);
      for await (const chunk of answer.body ?? []) {
        silence.reset();
        yield chunk;
      }
    } finally {
      silence.end();
    }
  }

  async #json<T>(
    repository: string,
    url: string,
    schema: z.ZodType<T>,
  ): Promise<{ readonly body: T; readonly next: string | undefined }> {
    const answer = await this.#request(repository, url, { headers: {}, signal: this.signal });
    const next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    const parsed = schema.safeParse(await answer.json());
    if (parsed.success) return { body: parsed.data, next: next && new URL(next, url).href };
    throw new HubError(`${url} answered in a form that is not known: ${z.prettifyError(parsed.error)}`);
  }

  /** Follows redirects; `fetch` leaves the token out where they lead to another host. */
  async #request(
    repository: string,
    url: string,
    init: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
  ): Promise<Response> {
    const { token, tokenAdvice, firstPauseMs = 1_000 } = this.#options;
    const headers = { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
    for (let attempt = 1; ; attempt++) {
      const answer = await attemptFetch(url, { headers, signal: init.signal }, attempt === ATTEMPTS);
      if (answer?.ok) return answer;
      await answer?.body?.cancel();
      const mayHelp = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (answer && (!mayHelp || attempt === ATTEMPTS)) {
        const request = { endpoint: this.endpoint, repository, withToken: token !== undefined, tokenAdvice };
        throw explainRefusal(answer.status, request);
      }
      const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN) * 1_000;
      const pause = Number.isFinite(asked) ? asked : firstPauseMs * 2 ** (attempt - 1);
      await sleep(Math.min(pause, LONGEST_PAUSE_MS), undefined, { signal: init.signal });
    }
  }
}

/** Undefined when the network failed and there may be another attempt. */
async function attemptFetch(url: string, init: RequestInit, last: boolean): Promise<Response | undefined> {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    if (!last) return undefined;
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new HubError(`${new URL(url).origin} could not be reached: ${cause}`, { cause: error });
  }
}

function checkLength(
  answer: Response,
  file: { readonly repository: string; readonly path: string; readonly size: number },
  range: { readonly start: number; readonly end: number },
): void {
  const total = answer.status === 206 ? answer.headers.get('content-range')?.split('/')[1] : undefined;
  if (total !== undefined && Number(total) !== file.size) {
    throw new HubError(`${file.path} of ${file.repository} has ${total} bytes, expected ${file.size}`);
  }
  const whole = range.start === 0 && range.end === file.size - 1;
  if (answer.status !== 206 && !whole) {
    throw new HubError(
      `${new URL(answer.url).origin} ignores byte ranges (status ${answer.status}, expected 206)`,
    );
  }
}

/** Aborts when it was not reset for a while: a stalled connection is no different from a broken one. */
class SilenceTimer {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`nothing was received for ${ms} ms`)),
      ms,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  reset(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
