import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Looks at a model folder as vLLM does when it loads: a config, and weights whose header agrees with their size.
 * @throws Error with the first cause, in vLLM's manner.
 */
export async function checkModelFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => {
    throw new Error(`OSError: ${folder} is not a local folder with a model`);
  });
  if (!names.includes('params.json') && !names.includes('config.json')) {
    throw new Error(
      `ValueError: No supported config format found in ${folder}: expected params.json or config.json`,
    );
  }
  const weights = names.filter((name) => name.endsWith('.safetensors'));
  if (weights.length === 0) throw new Error(`RuntimeError: Cannot find any model weights with \`${folder}\``);
  for (const name of weights) await checkSafetensors(join(folder, name));
}

/** https://huggingface.co/docs/safetensors: header length as 8 bytes little endian, JSON header, then the data. */
async function checkSafetensors(path: string): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    const start = Buffer.alloc(8);
    await file.read(start, 0, 8, 0);
    const length = Number(start.readBigUInt64LE());
    if (length > size - 8) throw new Error('HeaderTooLarge');
    const text = Buffer.alloc(length);
    await file.read(text, 0, length, 8);
    const header: Record<string, { readonly data_offsets?: readonly [number, number] }> = JSON.parse(
      text.toString('utf8'),
    );
    const ends = Object.values(header).map((tensor) => tensor.data_offsets?.[1] ?? 0);
    if (Math.max(0, ...ends) !== size - 8 - length) throw new Error('MetadataIncompleteBuffer');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `safetensors_rust.SafetensorError: Error while deserializing header: ${reason} (${path})`,
    );
  } finally {
    await file.close();
  }
}
