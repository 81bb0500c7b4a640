import { validationError } from './validation-error.ts';
import { VllmError } from './vllm-error.ts';

/** The JSON of a body as FastAPI reads it. @throws VllmError */
export function readBody(contentType: string | undefined, body: Buffer): unknown {
  if (!/^application\/json\b/i.test(contentType ?? '')) {
    throw new VllmError(
      400,
      "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
      { type: 'Bad Request' },
    );
  }
  if (body.length === 0) {
    throw validationError([{ type: 'missing', field: '', message: 'Field required', input: null }]);
  }
  return parsePythonJson(body.toString('utf8'));
}

/** Python reads NaN and Infinity as numbers too (recorded 314). */
const NOT_FINITE = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const MARK = '\u0000not finite ';

function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const marked = text.replace(NOT_FINITE, (word) =>
      word.startsWith('"') ? word : JSON.stringify(`${MARK}${word}`),
    );
    if (marked !== text) {
      return JSON.parse(marked, (_key, value) =>
        typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value,
      );
    }
    const position = /position (\d+)/.exec(String(error))?.[1] ?? text.length;
    throw validationError([
      {
        type: 'json_invalid',
        field: String(position),
        message: 'JSON decode error',
        input: {},
        // Python has other words for other mistakes; these are the most common.
        context: { error: 'Expecting value' },
      },
    ]);
  }
}
