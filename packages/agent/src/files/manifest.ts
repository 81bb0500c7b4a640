import { z } from 'zod';

/** Files are hashed and fetched in parts of this many bytes, unless a manifest says otherwise. */
export const DEFAULT_PART_BYTES: number = 64 * 1024 * 1024;

/** One file below a manifest's prefix. */
export interface ManifestFile {
  /** Relative, forward slashes, no way out of the folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole file, lower-case hexadecimal. */
  readonly sha256: string;
  /** SHA-256 of each part, in order; none for an empty file. */
  readonly parts: readonly string[];
  readonly executable: boolean;
}

/** What a prefix of the bucket must hold, to the byte. */
export interface Manifest {
  readonly version: 1;
  /** What it is, for people. */
  readonly name: string;
  readonly partBytes: number;
  readonly files: readonly ManifestFile[];
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');

const path = z
  .string()
  .regex(/^[^/\\\0][^\\\0]*$/, 'must be a relative path with forward slashes')
  .refine(
    (text) => text.split('/').every((part) => !['', '.', '..'].includes(part)),
    'must not leave its folder',
  );

const schema: z.ZodType<Manifest> = z
  .strictObject({
    version: z.literal(1),
    name: z.string().min(1),
    partBytes: z.number().int().positive(),
    files: z
      .array(
        z.strictObject({
          path,
          size: z.number().int().min(0),
          sha256,
          parts: z.array(sha256),
          executable: z.boolean(),
        }),
      )
      .min(1),
  })
  .refine(
    (manifest) =>
      manifest.files.every((file) => file.parts.length === Math.ceil(file.size / manifest.partBytes)),
    {
      message: 'a file must have one hash for each part',
    },
  )
  .refine(
    ({ files }) => files.every(({ parts, sha256: whole }) => parts.length !== 1 || parts[0] === whole),
    { message: 'a file of one part must have the hash of its part' },
  )
  .refine((manifest) => new Set(manifest.files.map((file) => file.path)).size === manifest.files.length, {
    message: 'a path must not occur twice',
  });

/** Name of the manifest below its prefix. It is written last: where it is, everything is. */
export const MANIFEST_NAME = 'manifest.json';

/** @throws Error that names what is wrong with it. */
export function parseManifest(text: string, source: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${source} is not JSON`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the manifest'}: ${issue.message}`,
  );
  throw new Error(`${source} is not a manifest: ${problems.slice(0, 3).join('; ')}`);
}
