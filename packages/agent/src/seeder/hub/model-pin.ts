import { createHash } from 'node:crypto';
import { z } from 'zod';
import { chooseFiles, type ModelFormat } from './choose-files.ts';
import type { HubClient } from './hub-client.ts';
import { HubError } from './hub-error.ts';

/** A file that is known to the byte. */
export interface PinnedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** One commit of a repository with the files that a server needs, by path. */
export interface ModelPin {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: readonly PinnedFile[];
}

export const modelPinSchema: z.ZodType<ModelPin> = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit of 40 hexadecimal digits'),
  files: z
    .array(
      z.strictObject({
        path: z.string().regex(/^[\w.][\w./-]*$/),
        size: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal'),
      }),
    )
    .min(1),
});

/** A small file that has no SHA-256 in the listing is read for it; anything larger is LFS in any sane repository. */
const LARGEST_READ_BYTES = 64 * 1024 * 1024;

/**
 * Looks up what a branch, tag or commit holds now.
 * @throws HubError when it cannot be read, or holds no weights of the format.
 */
export async function pinModel(
  hub: HubClient,
  model: { readonly repository: string; readonly revision: string; readonly format: ModelFormat },
): Promise<ModelPin> {
  const { repository, revision, format } = model;
  const commit = await hub.resolveRevision(repository, revision);
  const chosen = chooseFiles(await hub.listFiles(repository, commit), format);
  if (!chosen.some(({ path }) => path.endsWith('.safetensors'))) {
    throw new HubError(`${repository} at ${commit} holds no weights of the format "${format}"`);
  }
  const files: PinnedFile[] = [];
  for (const { path, size, sha256 } of chosen) {
    files.push({ path, size, sha256: sha256 ?? (await hashRemote(hub, { repository, commit, path, size })) });
  }
  return { commit, files };
}

async function hashRemote(
  hub: HubClient,
  file: {
    readonly repository: string;
    readonly commit: string;
    readonly path: string;
    readonly size: number;
  },
): Promise<string> {
  if (file.size > LARGEST_READ_BYTES) {
    throw new HubError(
      `${file.path} of ${file.repository} has ${file.size} bytes and no SHA-256 in the listing`,
    );
  }
  const hash = createHash('sha256');
  if (file.size > 0) {
    for await (const chunk of hub.read(file, { start: 0, end: file.size - 1 })) hash.update(chunk);
  }
  return hash.digest('hex');
}
