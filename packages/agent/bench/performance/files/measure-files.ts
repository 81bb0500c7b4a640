import { execFile } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createManifest } from '../../../src/seeder/create-manifest.ts';
import { readCpuSeconds } from '../measures.ts';
import { freePort, missing, NGINX, startNginx } from '../nginx.ts';
import { findTools, OURS, type Place, type TransferTool } from './transfer-tools.ts';

const execute = promisify(execFile);
const GIB = 1024 ** 3;
const BLOCK = 16 * 1024 * 1024;
const FILE = 'model.safetensors';
const PREFIX = 'models/bench/';
const BUCKET = 'bench';

/** Memory as a file system: neither end waits for a disk. */
const MEMORY = '/dev/shm';

export interface Transfer {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface FileMeasurements {
  readonly gib: number;
  /** By tool, one of each round. */
  readonly transfers: Readonly<Record<string, readonly Transfer[]>>;
  readonly skipped: readonly string[];
}

/**
 * One object from nginx, which serves it from memory, into a file in memory, by each tool in each round. What each has
 * written is compared.
 * @throws Error where nginx is missing, or where no other tool is there
 */
export async function measureFiles({
  rounds,
  wishedGib,
}: {
  rounds: number;
  wishedGib: number;
}): Promise<FileMeasurements> {
  const reason = missing(NGINX);
  if (reason) throw new Error(`${reason}; it plays S3 here (apt-get install nginx-light)`);
  const gib = Math.min(wishedGib, await memoryFor());
  const folder = await mkdtemp(join(MEMORY, 'pixtral-bench-'));
  try {
    const objects = join(folder, 's3', BUCKET, PREFIX);
    await mkdir(objects, { recursive: true });
    const sha256 = await writeRandom(join(objects, FILE), gib * GIB);
    await writeFile(
      join(objects, 'manifest.json'),
      JSON.stringify(await createManifest({ name: 'bench', folder: objects })),
    );
    const port = await freePort();
    const http = 'sendfile on; sendfile_max_chunk 2m; tcp_nopush on;';
    await using _ = await startNginx({ folder, port, http, server: `root ${join(folder, 's3')};` });
    const target = join(folder, 'target');
    const place = {
      endpoint: `http://127.0.0.1:${port}`,
      bucket: BUCKET,
      prefix: PREFIX,
      file: FILE,
      target,
      folder,
    };
    const { tools, skipped } = findTools(place);
    if (tools.length < 2) throw new Error(`nothing to compare with: ${skipped.join('; ')}`);
    const transfers: Record<string, Transfer[]> = {};
    for (let round = 0; round < rounds; round++) {
      // Whoever comes first in one round comes last in the next.
      for (const tool of tools.map((_, index) => tools[(index + round) % tools.length])) {
        if (!tool) continue;
        const transfer = await run(tool, place, sha256);
        transfers[tool.name] = [...(transfers[tool.name] ?? []), transfer];
        process.stderr.write(
          `${tool.name}: ${transfer.seconds.toFixed(2)} s, CPU ${transfer.cpuSeconds.toFixed(2)} s\n`,
        );
      }
    }
    return { gib, transfers, skipped };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function run(tool: TransferTool, { target, file }: Place, sha256: string): Promise<Transfer> {
  await mkdir(target);
  const before = await readCpuSeconds('self');
  const beganAt = performance.now();
  const [program = '', ...args] = tool.command;
  const { stdout } = await execute(program, args, { env: { ...process.env, ...tool.environment } });
  const seconds = tool.name === OURS ? Number(stdout) : (performance.now() - beganAt) / 1_000;
  const cpuSeconds = (await readCpuSeconds('self')).children - before.children;
  if ((await hashOf(join(target, file))) !== sha256) throw new Error(`${tool.name} wrote another file`);
  await rm(target, { recursive: true });
  return { seconds, cpuSeconds };
}

/** GiB of an object that is held twice, and leaves half of what is free to others. */
async function memoryFor(): Promise<number> {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]) * 1024;
  return Math.max(0.25, Math.floor((available / 4 / GIB) * 4) / 4);
}

async function writeRandom(path: string, bytes: number): Promise<string> {
  await using file = await open(path, 'w');
  const hash = createHash('sha256');
  const block = Buffer.alloc(BLOCK);
  for (let written = 0; written < bytes; written += BLOCK) {
    randomFillSync(block);
    hash.update(block);
    await file.write(block);
  }
  return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}
