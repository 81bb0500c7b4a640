import { IncompleteStreamError, type PixtralError, StreamError } from '../errors/errors.ts';

/** What the server said in an error frame. @param redact takes pictures and the key out of its words */
export function reportedError(
  error: unknown,
  { partialText, redact }: { readonly partialText: string; readonly redact: (text: string) => string },
): StreamError {
  const details: Readonly<Record<string, unknown>> =
    typeof error === 'object' && error !== null ? { ...error } : { message: String(error) };
  const { message, type, code } = details;
  return new StreamError(redact(typeof message === 'string' ? message : JSON.stringify(error)), {
    type: typeof type === 'string' ? type : undefined,
    code: typeof code === 'number' || typeof code === 'string' ? code : undefined,
    partialText,
  });
}

export function incompleteAnswer(message: string, partialText: string): IncompleteStreamError {
  return new IncompleteStreamError(`${message}, after ${partialText.length} characters`, { partialText });
}

/** A connection that broke does not know what had come until then. */
export function withPartialText(error: PixtralError, partialText: string): PixtralError {
  if (!(error instanceof IncompleteStreamError)) return error;
  return new IncompleteStreamError(error.message, { partialText, cause: error.cause });
}
