import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeChunks } from './decode-chunks.ts';

export interface StoredObject {
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a scripted answer does instead of the right one. */
export type Fault =
  | 'cut'
  | 'reset'
  | 'stall'
  | 'trickle'
  | 'more-than-asked'
  | 'wrong-byte'
  | { readonly status: number; readonly code: string };

export interface BucketRequest {
  readonly method: string;
  readonly key: string;
  readonly range: string | undefined;
}

/** Objects of one bucket behind S3's REST API: ranges, metadata, multipart uploads, and faults on request. */
export class ScriptedBucket {
  readonly objects: Map<string, StoredObject> = new Map();
  readonly requests: BucketRequest[] = [];
  /** Asked for every request; what it returns happens. */
  fault: (request: BucketRequest) => Fault | undefined = () => undefined;
  readonly #uploads = new Map<string, Map<number, Buffer>>();

  put(key: string, content: string | Buffer): void {
    this.objects.set(key, { bytes: Buffer.from(content), metadata: {} });
  }

  text(key: string): string {
    const object = this.objects.get(key);
    if (!object) throw new Error(`no object ${key}; there are ${[...this.objects.keys()].join(', ')}`);
    return object.bytes.toString('utf8');
  }

  /** Turns one bit over. */
  damage(key: string, position: number): void {
    const bytes = Buffer.from(this.text(key) && (this.objects.get(key)?.bytes ?? ''));
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    this.objects.set(key, { bytes, metadata: {} });
  }

  keysSent(method: string): readonly string[] {
    return this.requests.filter((request) => request.method === method).map(({ key }) => key);
  }

  answer(request: IncomingMessage, raw: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://bucket');
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const { method = 'GET' } = request;
    const seen = { method, key, range: request.headers.range };
    this.requests.push(seen);
    const fault = this.fault(seen);
    if (typeof fault === 'object') return refuse(response, fault.status, fault.code);
    if (method === 'GET') return this.#get(seen, response, fault);
    if (method === 'HEAD') return this.#head(key, response);
    if (method === 'DELETE') {
      this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    const body = request.headers['content-encoding']?.includes('aws-chunked') ? decodeChunks(raw) : raw;
    const metadata = metadataOf(request);
    if (method === 'POST' && url.searchParams.has('uploads')) return this.#begin(key, metadata, response);
    const upload = url.searchParams.get('uploadId');
    if (method === 'PUT' && upload) {
      this.#uploads.get(upload)?.set(Number(url.searchParams.get('partNumber')), body);
      return void response.writeHead(200, { etag: etag(body) }).end();
    }
    if (method === 'POST' && upload) return this.#complete(upload, response);
    if (method === 'PUT') {
      this.objects.set(key, { bytes: body, metadata });
      return void response.writeHead(200, { etag: etag(body) }).end();
    }
    refuse(response, 405, 'MethodNotAllowed');
  }

  #get(request: BucketRequest, response: ServerResponse, fault: Fault | undefined): void {
    const object = this.objects.get(request.key);
    if (!object) return refuse(response, 404, 'NoSuchKey');
    const total = object.bytes.length;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.range ?? '') ?? [];
    if (first === undefined)
      return void response.writeHead(200, { 'content-length': total }).end(object.bytes);
    const start = Number(first);
    if (start >= total) return refuse(response, 416, 'InvalidRange');
    const end = Math.min(Number(last), total - 1);
    const part =
      fault === 'more-than-asked'
        ? Buffer.concat([object.bytes.subarray(start, end + 1), Buffer.from('!')])
        : Buffer.from(object.bytes.subarray(start, end + 1));
    if (fault === 'wrong-byte') part[0] = (part[0] ?? 0) ^ 1;
    response.writeHead(206, {
      'content-length': part.length,
      'content-range': `bytes ${start}-${end}/${total}`,
    });
    if (fault === 'stall') return void response.write(part.subarray(0, 1));
    if (fault === 'reset') {
      return void response.write(part.subarray(0, 1), () => response.socket?.resetAndDestroy());
    }
    if (fault === 'trickle') return trickle(response, part);
    if (fault === 'cut') return void response.write(part.subarray(0, 1), () => response.destroy());
    response.end(part);
  }

  #head(key: string, response: ServerResponse): void {
    const object = this.objects.get(key);
    if (!object) return void response.writeHead(404).end();
    const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    response.writeHead(200, { 'content-length': object.bytes.length, ...Object.fromEntries(metadata) }).end();
  }

  #begin(key: string, metadata: StoredObject['metadata'], response: ServerResponse): void {
    const upload = `${this.#uploads.size}`;
    this.#uploads.set(upload, new Map());
    this.objects.set(`upload:${upload}`, { bytes: Buffer.from(key), metadata });
    response.end(
      `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${upload}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  #complete(upload: string, response: ServerResponse): void {
    const begun = this.objects.get(`upload:${upload}`);
    this.objects.delete(`upload:${upload}`);
    const parts = [...(this.#uploads.get(upload) ?? [])].sort(([left], [right]) => left - right);
    const bytes = Buffer.concat(parts.map(([, part]) => part));
    this.objects.set(String(begun?.bytes), { bytes, metadata: begun?.metadata ?? {} });
    response.end('<CompleteMultipartUploadResult><ETag>"0"</ETag></CompleteMultipartUploadResult>');
  }
}

/** A byte now and then, which never ends and is never silent. */
function trickle(response: ServerResponse, part: Buffer): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < part.length - 1) response.write(part.subarray(sent, ++sent));
  }, 20);
  response.once('close', () => clearInterval(timer));
}

function metadataOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]),
  );
}

function etag(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code><Message>scripted ${code}</Message></Error>`);
}
