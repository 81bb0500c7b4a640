/** A stream that is read while it comes. */
export interface OpenStream {
  readonly status: number;
  /** All text so far, frames included. */
  readonly text: () => string;
  /** Text of the answer so far. */
  readonly said: () => string;
  /** Resolves when the server ends the stream; rejects when the connection breaks. */
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

const LONGEST_WAIT_MS = 20_000;

/** What the simulated model counts to, as a chat request. */
export function counting(to: number, more: object = {}): object {
  return { messages: [{ role: 'user', content: `Count from 1 to ${to}.` }], ...more };
}

export function post(url: string, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

/** Resolves with the first byte. */
export async function openStream(url: string, body: object): Promise<OpenStream> {
  const leaving = new AbortController();
  const answer = await post(url, { ...body, stream: true }, leaving.signal);
  const decoder = new TextDecoder();
  let text = '';
  const ended = (async () => {
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true });
  })();
  ended.catch(() => undefined);
  return {
    status: answer.status,
    text: () => text,
    said: () => [...text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join(''),
    ended,
    leave: () => leaving.abort(),
  };
}

/** Polls until it is true; a busy machine gets time. @throws Error that says what was waited for. */
export async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`waited ${LONGEST_WAIT_MS} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
