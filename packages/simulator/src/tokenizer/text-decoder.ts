/** Turns bytes that come token by token into text. */
export interface TokenDecoder {
  /** The text that becomes readable with these bytes; '' while they are the beginning of a character. */
  push(bytes: Uint8Array): string;
}

/** As in vLLM, a byte that can never be part of a character comes out as U+FFFD (recorded 409). */
export function createTokenDecoder(): TokenDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return { push: (bytes) => decoder.decode(bytes, { stream: true }) };
}
