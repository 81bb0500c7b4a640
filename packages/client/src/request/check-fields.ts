import { InvalidRequestError } from '../errors/errors.ts';
import type { ChatRequest } from './chat-request.ts';
import { KNOWN_FIELDS } from './known-fields.ts';
import { REFUSED_FIELDS } from './refused-fields.ts';

const REFUSED: Readonly<Record<string, string>> = REFUSED_FIELDS;

/**
 * Finds what the compiler finds, for callers without one, and numbers that JSON cannot hold: all that would be dropped in
 * silence on the way.
 * @throws InvalidRequestError that names the field and what to do.
 */
export function checkFields(request: ChatRequest): void {
  for (const [field, value] of Object.entries(request)) {
    if (value === undefined) continue;
    const reason = Object.hasOwn(REFUSED, field) ? REFUSED[field] : undefined;
    if (reason !== undefined) throw new InvalidRequestError(`"${field}" is ${reason}`);
    if (!KNOWN_FIELDS.has(field)) throw new InvalidRequestError(unknownField(field));
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new InvalidRequestError(`"${field}" must be a finite number, got ${value}`);
    }
  }
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    throw new InvalidRequestError('"messages" must be a list with at least one message');
  }
}

function unknownField(field: string): string {
  const near = [...KNOWN_FIELDS].find((known) => normalize(known) === normalize(field));
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  return `"${field}" is no field that vLLM 0.32.0 knows, and would be ignored${meant || '; for a newer server give it as unchecked: {…} in the options of the call'}`;
}

/** `maxTokens` and `max-tokens` for `max_tokens`. */
function normalize(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
