import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { parseManifest } from '../../src/files/manifest.ts';
import { BUCKET } from '../scripted-aws/start-scripted-aws.ts';
import { PREFIX, type SeededBucket, seedBucket } from './file-fixture.ts';

const PROCESS = fileURLToPath(new URL('sync-process.ts', import.meta.url));
/** Processes are started one after another, each with the SDK to load. */
const TIMEOUT_MS = 180_000;
const PART_BYTES = 100_000;
const FILES = { 'model.safetensors': bytesOf(40 * PART_BYTES - 17, 3), 'bin/tool': bytesOf(5, 5) };

function bytesOf(length: number, step: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * step) % 251));
}

function start(endpoint: string, bucket: SeededBucket, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [PROCESS, endpoint, BUCKET, PREFIX, bucket.target], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** What lies at a path, or nothing. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

/** Ranges of a file whose bytes on the disk have the hash that the manifest tells. */
async function verifiedRanges(bucket: SeededBucket, path: string): Promise<Set<string>> {
  const { files, partBytes } = parseManifest(bucket.aws.bucket.text(`${PREFIX}manifest.json`), 'manifest');
  const held =
    (await contentOf(join(bucket.target, path))) ?? (await contentOf(join(bucket.target, `${path}.partial`)));
  const file = files.find((each) => each.path === path);
  const ranges = (file?.parts ?? []).flatMap((sha256, index) => {
    const start = index * partBytes;
    const part = held?.subarray(start, start + partBytes) ?? Buffer.alloc(0);
    const isRight = createHash('sha256').update(part).digest('hex') === sha256;
    return isRight ? [`bytes=${start}-${start + part.length - 1}`] : [];
  });
  return new Set(ranges);
}

test('however often it is killed, no wrong file is in place and no right part is fetched again', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using bucket = await seedBucket({ files: FILES, partBytes: PART_BYTES });
  const path = 'model.safetensors';
  const fetched: number[] = [];
  // Killed when so many parts have been asked for, in each start anew; the last one is let through.
  for (const killAfter of [1, 14, 9, Number.POSITIVE_INFINITY]) {
    const verified = await verifiedRanges(bucket, path);
    bucket.aws.bucket.requests.length = 0;
    let parts = 0;
    const process = start(bucket.aws.url, bucket);
    bucket.aws.bucket.fault = ({ range }) => {
      if (range !== undefined && ++parts === killAfter) process.kill('SIGKILL');
      // Every third part of a start that will be killed is half there when it is.
      return Number.isFinite(killAfter) && parts % 3 === 0 ? 'stall' : undefined;
    };
    const [code, signal] = await once(process, 'exit');
    expect([code, signal]).toEqual(Number.isFinite(killAfter) ? [null, 'SIGKILL'] : [0, null]);
    for (const [name, bytes] of Object.entries(FILES)) {
      const inPlace = await contentOf(join(bucket.target, name));
      if (inPlace !== undefined) expect(inPlace.equals(bytes)).toBe(true);
    }
    expect(bucket.rangesOf(path).filter((range) => verified.has(String(range)))).toEqual([]);
    fetched.push(verified.size);
  }
  expect((await contentOf(join(bucket.target, path)))?.equals(FILES[path])).toBe(true);
  // The kills have left something each time, or nothing would have been tried.
  expect(fetched.at(-1)).toBeGreaterThan(5);
  expect(fetched).toEqual(fetched.toSorted((left, right) => left - right));
});

test('it comes over TLS where the process trusts the certificate', { timeout: TIMEOUT_MS }, async () => {
  await using bucket = await seedBucket({ files: FILES, partBytes: PART_BYTES });
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const ca = join(bucket.target, '..', 'ca.pem');
  await writeFile(ca, pem.cert);
  const server = createServer({ key: pem.private, cert: pem.cert }, (request, response) =>
    bucket.aws.bucket.answer(request, Buffer.alloc(0), response),
  );
  server.on('tlsClientError', () => undefined).listen(0, 'localhost');
  await once(server, 'listening');
  try {
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect(await once(start(url, bucket, { NODE_EXTRA_CA_CERTS: ca }), 'exit')).toEqual([0, null]);
    for (const [name, bytes] of Object.entries(FILES))
      expect((await contentOf(join(bucket.target, name)))?.equals(bytes)).toBe(true);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
