/** How an attempt to get a stream ended, as its client sees it. */
export type AttemptOutcome =
  /** All that was asked for, `finish_reason` and `[DONE]`. */
  | 'whole'
  /** An error status, or no answer at all: nothing had begun. Asked again. */
  | 'refused'
  /** It had begun, and ended with an error frame or a broken connection. */
  | 'told'
  /** Nothing came for so long that the client gave it up by itself. */
  | 'own-limit'
  /** It ended as if it were whole and was not, or something else came than was asked for. */
  | 'silent';

/** What became of the connection. */
export type ConnectionEnd =
  /** The HTTP message is complete. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'error'; readonly message: string }
  /** The client closed it after so many milliseconds without a byte. */
  | { readonly kind: 'silence'; readonly ms: number };

const ABORTED_REASON = 'abort';

/** Counts the bytes of a stream of server-sent events and keeps what they say. */
export class StreamReading {
  /** Of the body. */
  bytes = 0;
  text = '';
  finishReason: string | undefined;
  isDone = false;
  /** What an error frame said. */
  error: string | undefined;
  /** A frame that is none of the API. */
  fault: string | undefined;
  #rest = '';
  readonly #decoder = new TextDecoder();

  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#rest += this.#decoder.decode(chunk, { stream: true });
    const frames = this.#rest.split('\n\n');
    this.#rest = frames.pop() ?? '';
    for (const frame of frames) this.#read(frame);
  }

  #read(frame: string): void {
    // Comments keep a connection open and say nothing.
    if (frame.startsWith(':')) return;
    const data = frame.startsWith('data: ') ? frame.slice('data: '.length) : undefined;
    if (data === undefined) {
      this.fault ??= `a frame without data: ${frame.slice(0, 80)}`;
    } else if (data === '[DONE]') {
      this.isDone = true;
    } else {
      this.#readChunk(data);
    }
  }

  #readChunk(data: string): void {
    let chunk: {
      readonly error?: { readonly message?: string };
      readonly choices?: readonly {
        readonly delta?: { readonly content?: string };
        readonly finish_reason?: string | null;
      }[];
    };
    try {
      chunk = JSON.parse(data);
    } catch {
      this.fault ??= `a frame that is not JSON: ${data.slice(0, 80)}`;
      return;
    }
    if (chunk.error) this.error ??= chunk.error.message ?? 'an error without a message';
    const [choice] = chunk.choices ?? [];
    this.text += choice?.delta?.content ?? '';
    this.finishReason ??= choice?.finish_reason ?? undefined;
  }
}

/** Judges one attempt by its bytes alone. */
export function judgeAttempt(attempt: {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly reading: StreamReading;
  readonly expected: string;
  readonly end: ConnectionEnd;
}): { readonly outcome: AttemptOutcome; readonly detail: string } {
  const { status, reading, expected, end } = attempt;
  const got = `${reading.text.length} of ${expected.length} bytes of text`;
  if (end.kind === 'silence')
    return { outcome: 'own-limit', detail: `${got}, then nothing for ${Math.round(end.ms / 1_000)} s` };
  if (status === undefined)
    return { outcome: 'refused', detail: end.kind === 'error' ? end.message : 'no status' };
  if (status !== 200) return { outcome: 'refused', detail: `status ${status}` };
  if (reading.fault) return { outcome: 'silent', detail: reading.fault };
  if (!expected.startsWith(reading.text)) {
    return {
      outcome: 'silent',
      detail: `other text than asked for: ${JSON.stringify(reading.text.slice(-60))}`,
    };
  }
  if (reading.error !== undefined) return { outcome: 'told', detail: `${got}, then: ${reading.error}` };
  if (reading.finishReason === ABORTED_REASON)
    return { outcome: 'silent', detail: `${got}, finish_reason "abort"` };
  if (reading.isDone && reading.text === expected && reading.finishReason === 'stop')
    return { outcome: 'whole', detail: got };
  if (end.kind === 'error') return { outcome: 'told', detail: `${got}, then: ${end.message}` };
  return {
    outcome: 'silent',
    detail: `${got}, finish_reason ${reading.finishReason ?? 'none'}, ${reading.isDone ? '' : 'no '}[DONE], and a clean end`,
  };
}
