import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const COMMIT = 'c0ffee0000000000000000000000000000000001';
const LFS_BYTES = 1_000;

/** What the hub's storage does with one request for bytes: nothing unusual, unless it says so. */
export type StorageFault =
  | { readonly cutAfter: number }
  | { readonly status: number }
  | { readonly stall: true };

export interface ScriptedHub extends AsyncDisposable {
  readonly url: string;
  readonly commit: string;
  /** Requests in order, as `GET /path range authorization`. */
  readonly requests: {
    readonly path: string;
    readonly range: string | undefined;
    readonly token: string | undefined;
  }[];
  /** Answers the next requests to the API with these statuses, and after that as usual. */
  readonly refusals: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
  /** Faults of the storage's next answers. */
  readonly faults: StorageFault[];
}

/** Hugging Face's API for one repository on a port of its own, with its storage on another one, as in the world. */
export async function startScriptedHub(
  files: Readonly<Record<string, Buffer>>,
  options: { readonly pageSize?: number; readonly changed?: Readonly<Record<string, Buffer>> } = {},
): Promise<ScriptedHub> {
  const requests: ScriptedHub['requests'] = [];
  const refusals: ScriptedHub['refusals'] = [];
  const faults: StorageFault[] = [];
  const note = (request: IncomingMessage) =>
    requests.push({
      path: request.url ?? '',
      range: request.headers.range,
      token: request.headers.authorization,
    });
  const storage = await listen((request, response) => {
    note(request);
    const name = decodeURIComponent(request.url?.slice(1) ?? '');
    sendBytes(request, response, { content: options.changed?.[name] ?? files[name], fault: faults.shift() });
  });
  const api = await listen((request, response) => {
    note(request);
    const refusal = refusals.shift();
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end('{"error":"refused"}');
    const url = new URL(request.url ?? '/', 'http://hub');
    const [, revision] = /\/(?:revision|tree|resolve)\/([^/]+)/.exec(url.pathname) ?? [];
    if (revision !== 'main' && revision !== COMMIT) return void response.writeHead(404).end();
    if (url.pathname.includes('/revision/')) return void response.end(JSON.stringify({ sha: COMMIT }));
    if (url.pathname.includes('/resolve/')) {
      const name = url.pathname.split(`/resolve/${revision}/`)[1];
      return void response.writeHead(302, { location: `${storage.url}/${name}` }).end();
    }
    sendTree(url, response, { files, pageSize: options.pageSize ?? 1_000 });
  });
  return {
    url: api.url,
    commit: COMMIT,
    requests,
    refusals,
    faults,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([api.close(), storage.close()]);
    },
  };
}

function sendTree(
  url: URL,
  response: ServerResponse,
  { files, pageSize }: { readonly files: Readonly<Record<string, Buffer>>; readonly pageSize: number },
): void {
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const entries = Object.entries(files);
  const page = entries.slice(start, start + pageSize).map(([path, content]) => ({
    type: 'file',
    path,
    size: content.length,
    oid: createHash('sha1').update(content).digest('hex'),
    ...(content.length >= LFS_BYTES
      ? {
          lfs: {
            oid: createHash('sha256').update(content).digest('hex'),
            size: content.length,
            pointerSize: 135,
          },
        }
      : {}),
  }));
  const next = `${url.pathname}?recursive=true&cursor=${start + pageSize}`;
  const headers = start + pageSize < entries.length ? { link: `<${next}>; rel="next"` } : {};
  response
    .writeHead(200, headers)
    .end(JSON.stringify([{ type: 'directory', path: 'docs', oid: 'x' }, ...page]));
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  { content, fault }: { readonly content: Buffer | undefined; readonly fault: StorageFault | undefined },
): void {
  if (!content) return void response.writeHead(404).end();
  if (fault && 'status' in fault) return void response.writeHead(fault.status).end();
  const [, start = '0', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const bytes = content.subarray(Number(start), Number(end) + 1);
  response.writeHead(206, {
    'content-length': bytes.length,
    'content-range': `bytes ${start}-${end}/${content.length}`,
  });
  if (fault && 'stall' in fault) return void response.write(bytes.subarray(0, 1));
  if (!fault) return void response.end(bytes);
  response.write(bytes.subarray(0, fault.cutAfter), () => setTimeout(() => response.destroy(), 20));
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the scripted hub has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
