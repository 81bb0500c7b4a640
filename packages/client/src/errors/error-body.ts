/** What can be learnt from an error body. */
export interface ErrorDetails {
  readonly message: string;
  readonly type: string | undefined;
  readonly param: string | undefined;
  readonly code: number | string | undefined;
}

const LONGEST_TEXT = 300;

/**
 * Reads every shape in which a fleet or a plain vLLM reports an error: vLLM's object, its string 401, its flat form
 * before 0.10.1, FastAPI's `detail`, and a balancer's HTML or plain text.
 */
export function parseErrorBody(body: string, status: number): ErrorDetails {
  const parsed = parseJson(body);
  if (isRecord(parsed)) {
    if (isRecord(parsed.error)) return fromObject(parsed.error, status);
    if (typeof parsed.error === 'string') return plain(parsed.error);
    if (typeof parsed.message === 'string') return fromObject(parsed, status);
    if ('detail' in parsed) return plain(describeDetail(parsed.detail));
  }
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1] ?? body.replaceAll(/\s+/g, ' ').trim();
  return plain(title === '' ? `status ${status} without a message` : title.slice(0, LONGEST_TEXT));
}

function fromObject(error: Record<string, unknown>, status: number): ErrorDetails {
  return {
    message:
      typeof error.message === 'string' && error.message !== ''
        ? error.message
        : `status ${status} without a message`,
    type: typeof error.type === 'string' ? error.type : undefined,
    param: typeof error.param === 'string' ? error.param : undefined,
    code: typeof error.code === 'number' || typeof error.code === 'string' ? error.code : undefined,
  };
}

function describeDetail(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const [first] = Array.isArray(detail) ? detail : [];
  return isRecord(first) && typeof first.msg === 'string'
    ? first.msg
    : JSON.stringify(detail).slice(0, LONGEST_TEXT);
}

function plain(message: string): ErrorDetails {
  return { message, type: undefined, param: undefined, code: undefined };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller reads it as text.
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
