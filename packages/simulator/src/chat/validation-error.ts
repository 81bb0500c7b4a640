import { isRecord } from '../json.ts';
import { pythonRepr, shownInput } from './python-text.ts';
import { VllmError } from './vllm-error.ts';

/** One thing that pydantic finds before vLLM looks. */
export interface Fault {
  readonly type: string;
  /** Behind `body.`; '' for the whole. */
  readonly field: string;
  readonly message: string;
  readonly input: unknown;
  /** @default - none */
  readonly context?: Readonly<Record<string, string | number>>;
}

/** So many are listed, the others only counted (recorded 309). */
const MOST_LISTED = 10;

/** The error for all faults at once. */
export function validationError(faults: readonly Fault[], count: number = faults.length): VllmError {
  const [first] = faults;
  const listed = faults.slice(0, MOST_LISTED).map((fault) => `  ${describe(fault)}`);
  const others = count > MOST_LISTED ? [`  ...and ${count - MOST_LISTED} more errors`] : [];
  const heading = `${count} validation error${count === 1 ? '' : 's'}:`;
  return new VllmError(400, [heading, ...listed, ...others].join('\n'), {
    type: 'Bad Request',
    param: locationOf(first?.field ?? ''),
  });
}

/** A Python dict. */
function describe(fault: Fault): string {
  const { type, field, message, input, context } = fault;
  const shown: Record<string, unknown> = {
    type,
    loc: locationOf(field),
    msg: message,
    input: shownInput(input),
  };
  return pythonDict(context ? { ...shown, ctx: context } : shown);
}

function pythonDict(value: Readonly<Record<string, unknown>>): string {
  const items = Object.entries(value).map(([key, item]) => {
    const shown = isRecord(item)
      ? pythonDict(item)
      : typeof item === 'string'
        ? pythonRepr(item)
        : String(item);
    return `'${key}': ${shown}`;
  });
  return `{${items.join(', ')}}`;
}

function locationOf(field: string): string {
  return field === '' ? 'body' : `body.${field}`;
}
