import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Pixtral 12B's shape, from its `params.json`. */
const PARAMS = {
  dim: 5120,
  n_layers: 40,
  head_dim: 128,
  hidden_dim: 14336,
  n_heads: 32,
  n_kv_heads: 8,
  rope_theta: 1e9,
  norm_eps: 1e-5,
  vocab_size: 131072,
  vision_encoder: {
    hidden_size: 1024,
    image_size: 1024,
    patch_size: 16,
    num_hidden_layers: 24,
    image_token_id: 10,
  },
};

const DEFAULT_BYTES = 20 * 1024 * 1024;

/**
 * A folder that looks like a checkpoint: config and weights of the given size, the same bytes every time. There is
 * nothing in the weights; what the simulator answers comes from the pixels.
 */
export async function writeSimulatedModel(
  folder: string,
  options: { readonly bytes?: number } = {},
): Promise<void> {
  const bytes = options.bytes ?? DEFAULT_BYTES;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'params.json'), `${JSON.stringify(PARAMS, null, 2)}\n`);
  const header = Buffer.from(
    JSON.stringify({ simulated: { dtype: 'U8', shape: [bytes], data_offsets: [0, bytes] } }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(
    join(folder, 'consolidated.safetensors'),
    Buffer.concat([length, header, pseudoRandom(bytes)]),
  );
}

/** Incompressible and reproducible: a block of hashes, rotated by its number. */
function pseudoRandom(bytes: number): Buffer {
  const blocks: Buffer[] = [];
  const seed = Buffer.concat(
    Array.from({ length: 2048 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
  );
  for (let length = 0, number = 0; length < bytes; length += seed.length, number++) {
    const at = (number * 37) % seed.length;
    blocks.push(seed.subarray(at), seed.subarray(0, at));
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}
