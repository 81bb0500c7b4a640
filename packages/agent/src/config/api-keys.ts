import { z } from 'zod';

const rotating = z.strictObject({ keys: z.array(z.string().min(16)).min(1) });

const SHORTEST_KEY = 16;

/**
 * The API keys in a secret's text: the plain key, or `{"keys": ["new", "old"]}` while a key is being replaced.
 * @throws Error that never shows the secret.
 */
export function parseApiKeys(secret: string): readonly string[] {
  const text = secret.trim();
  if (text.startsWith('{')) {
    const result = rotating.safeParse(parseJson(text));
    if (result.success) return result.data.keys;
    throw new Error(
      'the API key secret begins like JSON but is not {"keys": ["…", …]} with keys of at least 16 characters',
    );
  }
  if (text.length < SHORTEST_KEY) {
    throw new Error(`the API key secret holds ${text.length} characters, expected at least ${SHORTEST_KEY}`);
  }
  return [text];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses undefined, and its message does not show the secret.
    return undefined;
  }
}
