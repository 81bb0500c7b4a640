import { readdirSync, readFileSync } from 'node:fs';

const RECORDINGS = new URL('../../simulator/recordings/', import.meta.url);
const FILES = readdirSync(new URL('0.32.0/', RECORDINGS));

export interface Recording {
  readonly request: { readonly body: Record<string, unknown> };
  readonly response: {
    readonly status: number;
    readonly body: object;
    readonly sse?: readonly { readonly data: unknown }[];
  };
}

/** What vLLM 0.32.0 answered, by the number of the file. */
export function recording(number: number): Recording {
  const name = FILES.find((file) => file.startsWith(`${String(number).padStart(3, '0')}-`));
  if (name === undefined) throw new Error(`no recording ${number}`);
  return JSON.parse(readFileSync(new URL(`0.32.0/${name}`, RECORDINGS), 'utf8')) as Recording;
}

/** The names of the fields of a chat request in vLLM's own description of its API. */
export function serverFields(): ReadonlySet<string> {
  const api = JSON.parse(readFileSync(new URL('0.32.0/openapi-chat.json', RECORDINGS), 'utf8')) as {
    components: { schemas: { ChatCompletionRequest: { properties: object } } };
  };
  return new Set(Object.keys(api.components.schemas.ChatCompletionRequest.properties));
}

/** A picture that was sent in the recordings. */
export function recordedImage(name: string): Buffer {
  return readFileSync(new URL(`images/${name}`, RECORDINGS));
}
