import { z } from 'zod';

/** What a key may be used for: asking (`/v1/chat/completions`), and reading which model is served (`/v1/models`). */
export const KEY_SCOPES = ['chat', 'models'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** A key that requests may carry. */
export interface ApiKey {
  /** Said in logs and errors, where the key itself never is. */
  readonly name: string;
  readonly key: string;
  readonly scopes: readonly KeyScope[];
  /** Of each instance. @default - no limit */
  readonly requestsPerMinute?: number | undefined;
  /** Prompt tokens of pictures, of each instance. @default - no limit */
  readonly imageTokensPerMinute?: number | undefined;
  /** From then on it is refused; ISO 8601. @default - never */
  readonly expires?: string | undefined;
  /** For people; ISO 8601. */
  readonly created?: string | undefined;
}

/** Names of keys that have none of their own: `default` for the newest, then `default-2`. */
const DEFAULT_NAME = /^default(-\d+)?$/;

/** The largest picture takes as many tokens; with less a key could not ask about one. */
const LEAST_IMAGE_TOKENS = 4_160;

const SHORTEST_KEY = 16;

const key = z.string().min(SHORTEST_KEY);
const named = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .refine((name) => !DEFAULT_NAME.test(name)),
  key,
  scopes: z
    .array(z.enum(KEY_SCOPES))
    .min(1)
    .default([...KEY_SCOPES]),
  requestsPerMinute: z.number().int().min(1).max(1_000_000).optional(),
  imageTokensPerMinute: z.number().int().min(LEAST_IMAGE_TOKENS).max(1_000_000_000).optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
  created: z.iso.datetime({ offset: true }).optional(),
});
const document = z.strictObject({ keys: z.array(z.union([key, named])).min(1) });

/**
 * The API keys in a secret's text: the plain key, or `{"keys": […]}` with plain and named ones; see docs/security.md.
 * @throws Error that never shows the secret.
 */
export function parseApiKeys(secret: string): readonly ApiKey[] {
  const text = secret.trim();
  if (text.startsWith('{')) return parseDocument(text);
  if (text.length < SHORTEST_KEY) {
    throw new Error(`the API key secret holds ${text.length} characters, expected at least ${SHORTEST_KEY}`);
  }
  return nameKeys([text]);
}

/** The secret's text for these keys: the shortest of its forms. */
export function formatApiKeys(keys: readonly ApiKey[]): string {
  const entries = keys.map((entry) => (isDefaultKey(entry) ? entry.key : entry));
  const [only, ...others] = entries;
  return typeof only === 'string' && others.length === 0 ? only : JSON.stringify({ keys: entries });
}

/** Whether a key has no name of its own: one that the stack generated or a rotation made. */
export function isDefaultKey({ name }: ApiKey): boolean {
  return DEFAULT_NAME.test(name);
}

/** Keys that may do all that clients do, at this moment: those that the stack's own checks use. */
export function findFullKeys(keys: readonly ApiKey[], now: Date): readonly ApiKey[] {
  const full = keys.filter(
    (entry) => KEY_SCOPES.every((scope) => entry.scopes.includes(scope)) && !isExpired(entry, now),
  );
  const isLimited = (entry: ApiKey) => entry.requestsPerMinute ?? entry.imageTokensPerMinute;
  return [...full.filter((entry) => !isLimited(entry)), ...full.filter(isLimited)];
}

export function isExpired({ expires }: ApiKey, now: Date): boolean {
  return expires !== undefined && Date.parse(expires) <= now.getTime();
}

function parseDocument(text: string): readonly ApiKey[] {
  const result = document.safeParse(parseJson(text));
  if (!result.success) {
    // Paths alone: what stands there may be a key.
    const at = result.error.issues.map(({ path }) => path.join('.')).filter(Boolean);
    throw new Error(
      `the API key secret begins like JSON but is not {"keys": ["…", {"name": "…", "key": "…"}]} with keys of at least 16 characters${at.length > 0 ? ` (at ${at.join(', ')})` : ''}; see docs/security.md`,
    );
  }
  const keys = nameKeys(result.data.keys);
  for (const field of ['name', 'key'] as const) {
    if (new Set(keys.map((entry) => entry[field])).size < keys.length) {
      throw new Error(`the API key secret holds a ${field} twice; every ${field} must be there once`);
    }
  }
  return keys;
}

function nameKeys(entries: readonly (string | ApiKey)[]): readonly ApiKey[] {
  let count = 0;
  return entries.map((entry) => {
    if (typeof entry !== 'string') return entry;
    count++;
    return { name: count === 1 ? 'default' : `default-${count}`, key: entry, scopes: KEY_SCOPES };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses undefined, and its message does not show the secret.
    return undefined;
  }
}
