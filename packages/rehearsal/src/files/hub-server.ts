import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ModelPin, PinnedFile } from '@pixtral-fleet/agent';

/**
 * - `wrong-bytes`: a bit of the largest file is turned over on the way, as a broken mirror does.
 * - `gated`: nothing is given without a token.
 */
export type HubFault = 'wrong-bytes' | 'gated';

/** A hub of this machine that serves one model. */
export interface ModelHub {
  /** For `HF_ENDPOINT`. */
  readonly url: string;
  /** The one commit of every repository, and what it holds. */
  readonly pin: ModelPin;
  close(): Promise<void>;
}

/** Files from this size on are LFS, as on the hub, and have their SHA-256 in listings. */
const LFS_BYTES = 1024 * 1024;

/**
 * Serves a folder under the name of whatever repository is asked for, by the part of Hugging Face's API that a seeder
 * uses: the commit of a revision, the tree of a commit, files in byte ranges behind a redirect.
 */
export async function startModelHub(options: {
  readonly folder: string;
  /** @default - none */
  readonly fault?: HubFault | undefined;
}): Promise<ModelHub> {
  const pin = await describeFolder(options.folder);
  const hub = new FolderHub(options.folder, pin, options.fault);
  const server = createServer((request, response) => {
    hub.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    pin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The commit is made of the content, as Git's is. */
async function describeFolder(folder: string): Promise<ModelPin> {
  const files: PinnedFile[] = [];
  for (const path of (await readdir(folder)).toSorted()) {
    const content = await readFile(join(folder, path));
    const sha256 = createHash('sha256').update(content).digest('hex');
    files.push({ path, size: content.length, sha256 });
  }
  return { commit: createHash('sha1').update(JSON.stringify(files)).digest('hex'), files };
}

class FolderHub {
  readonly #folder: string;
  readonly #pin: ModelPin;
  readonly #fault: HubFault | undefined;

  constructor(folder: string, pin: ModelPin, fault: HubFault | undefined) {
    this.#folder = folder;
    this.#pin = pin;
    this.#fault = fault;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    const [, revision, path] =
      /^\/api\/models\/[^/]+\/[^/]+\/(?:revision|tree)\/([^/]+)$/.exec(pathname) ??
      /^\/[^/]+\/[^/]+\/resolve\/([^/]+)\/(.+)$/.exec(pathname) ??
      [];
    if (this.#fault === 'gated' && !request.headers.authorization) {
      return refuse(response, 401, 'Access to this model is restricted');
    }
    if (pathname.startsWith('/storage/'))
      return this.#send(pathname.slice('/storage/'.length), request, response);
    if (revision !== 'main' && revision !== this.#pin.commit)
      return refuse(response, 404, 'Revision not found');
    if (path === undefined) return this.#describe(pathname, response);
    const file = this.#pin.files.find((each) => each.path === decodeURIComponent(path));
    if (!file) return refuse(response, 404, 'Entry not found');
    response.writeHead(302, { location: `/storage/${path}`, 'x-linked-etag': `"${file.sha256}"` }).end();
  }

  #describe(pathname: string, response: ServerResponse): void {
    const { commit, files } = this.#pin;
    const tree = files.map(({ path, size, sha256 }) => ({
      type: 'file',
      path,
      size,
      ...(size >= LFS_BYTES ? { lfs: { oid: sha256, size } } : {}),
    }));
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(pathname.includes('/tree/') ? tree : { sha: commit }));
  }

  async #send(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = join(this.#folder, decodeURIComponent(path));
    const { size } = await stat(file);
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first);
    const end = Math.min(last === '' ? size - 1 : Number(last), size - 1);
    response.writeHead(request.headers.range ? 206 : 200, {
      'content-length': end - start + 1,
      ...(request.headers.range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    });
    const damaged =
      this.#fault === 'wrong-bytes' && size === Math.max(...this.#pin.files.map((each) => each.size));
    await pipeline(
      createReadStream(file, { start, end }),
      ...(damaged && start === 0 ? [turnOverFirstBit()] : []),
      response,
    );
  }
}

function turnOverFirstBit(): Transform {
  let done = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      const bytes = Buffer.from(chunk);
      if (!done) bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
      done = true;
      callback(null, bytes);
    },
  });
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}
