import { InvalidRequestError } from '../errors/errors.ts';

/**
 * A key from a file often ends in a line break, which no header can hold.
 * @throws InvalidRequestError, without the key, when it cannot be sent.
 */
export function checkApiKey(apiKey: string | undefined): void {
  if (apiKey === undefined || /^[\x21-\x7e]+$/.test(apiKey)) return;
  const got = apiKey === '' ? 'an empty one' : `one of ${apiKey.length} characters that holds others`;
  throw new InvalidRequestError(
    `apiKey must be printable ASCII without spaces or line breaks, got ${got}: trim what was read from a file or variable`,
  );
}
