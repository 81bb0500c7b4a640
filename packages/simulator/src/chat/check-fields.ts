import { isRecord } from '../json.ts';
import { checkMessageShapes } from './check-message-shapes.ts';
import type { Fault } from './validation-error.ts';

type Check = (field: string, value: unknown) => readonly Fault[];

const integer: Check = (field, value) => {
  if (typeof value === 'boolean') return [];
  const fault = (type: string, message: string) => [{ type, field, message, input: value }];
  if (typeof value === 'string') {
    return /^\s*[+-]?\d+(\.0+)?\s*$/.test(value)
      ? []
      : fault('int_parsing', 'Input should be a valid integer, unable to parse string as an integer');
  }
  if (typeof value !== 'number') return fault('int_type', 'Input should be a valid integer');
  return Number.isInteger(value)
    ? []
    : fault('int_from_float', 'Input should be a valid integer, got a number with a fractional part');
};

const float: Check = (field, value) => {
  if (typeof value === 'number' || typeof value === 'boolean') return [];
  const fault = (type: string, message: string) => [{ type, field, message, input: value }];
  if (typeof value !== 'string') return fault('float_type', 'Input should be a valid number');
  return value.trim() !== '' && !Number.isNaN(Number(value))
    ? []
    : fault('float_parsing', 'Input should be a valid number, unable to parse string as a number');
};

const boolean: Check = (field, value) => {
  if (typeof value === 'boolean' || value === 0 || value === 1) return [];
  if (typeof value === 'string' && /^(true|false|yes|no|on|off|y|n|t|f|1|0)$/i.test(value)) return [];
  return typeof value === 'string' || typeof value === 'number'
    ? [
        {
          type: 'bool_parsing',
          field,
          message: 'Input should be a valid boolean, unable to interpret input',
          input: value,
        },
      ]
    : [{ type: 'bool_type', field, message: 'Input should be a valid boolean', input: value }];
};

const text: Check = (field, value) =>
  typeof value === 'string'
    ? []
    : [{ type: 'string_type', field, message: 'Input should be a valid string', input: value }];

const dictionary: Check = (field, value) =>
  isRecord(value)
    ? []
    : [{ type: 'dict_type', field, message: 'Input should be a valid dictionary', input: value }];

const list: Check = (field, value) =>
  Array.isArray(value)
    ? []
    : [{ type: 'list_type', field, message: 'Input should be a valid list', input: value }];

/** At most four stop strings (recorded 329). */
const MOST_STOPS = 4;

const stop: Check = (field, value) => {
  if (typeof value === 'string') return [];
  const notText = { type: 'string_type', field, message: 'Input should be a valid string', input: value };
  if (!Array.isArray(value)) {
    return [notText, { type: 'list_type', field, message: 'Input should be a valid list', input: value }];
  }
  if (value.length <= MOST_STOPS) return [];
  const message = `List should have at most ${MOST_STOPS} items after validation, not ${value.length}`;
  const context = { field_type: 'List', max_length: MOST_STOPS, actual_length: value.length };
  return [notText, { type: 'too_long', field, message, input: value, context }];
};

const responseFormat: Check = (field, value) => {
  if (!isRecord(value)) return dictionary(field, value);
  const { type } = value;
  if (['text', 'json_object', 'json_schema', 'structural_tag'].includes(String(type))) return [];
  const wrongType = (expected: string) => ({
    type: 'literal_error',
    field: `${field}.type`,
    message: `Input should be ${expected}`,
    input: type,
    context: { expected },
  });
  const missing = (name: string) => ({
    type: 'missing',
    field: `${field}.${name}`,
    message: 'Field required',
    input: value,
  });
  return [
    wrongType("'text', 'json_object' or 'json_schema'"),
    ...[wrongType("'structural_tag'"), missing('format')],
    ...[wrongType("'structural_tag'"), missing('structures'), missing('triggers')],
  ];
};

/** In the order of vLLM's `ChatCompletionRequest` (openapi-chat.json): the order in which faults are told. */
const CHECKS: readonly (readonly [check: Check, ...fields: readonly string[]])[] = [
  [text, 'model'],
  [float, 'frequency_penalty'],
  [dictionary, 'logit_bias'],
  [boolean, 'logprobs'],
  [integer, 'top_logprobs', 'max_tokens', 'max_completion_tokens', 'n'],
  [float, 'presence_penalty'],
  [responseFormat, 'response_format'],
  [integer, 'seed'],
  [stop, 'stop'],
  [boolean, 'stream'],
  [dictionary, 'stream_options'],
  [float, 'temperature', 'top_p'],
  [list, 'tools'],
  [boolean, 'parallel_tool_calls', 'use_beam_search'],
  [integer, 'top_k'],
  [float, 'min_p', 'repetition_penalty', 'length_penalty'],
  [list, 'stop_token_ids'],
  [boolean, 'include_stop_str_in_output', 'ignore_eos'],
  [integer, 'min_tokens'],
  [boolean, 'skip_special_tokens', 'spaces_between_special_tokens'],
  [integer, 'prompt_logprobs'],
  [list, 'allowed_token_ids'],
  [boolean, 'echo', 'add_generation_prompt', 'continue_final_message', 'add_special_tokens'],
  [text, 'chat_template'],
  [dictionary, 'chat_template_kwargs', 'media_io_kwargs', 'mm_processor_kwargs', 'structured_outputs'],
  [integer, 'priority'],
  [boolean, 'return_token_ids', 'return_prompt_text'],
  [integer, 'stream_interval'],
];

/** All faults that pydantic finds, and how many it counts. Null is a value that was not given. */
export function checkFields(body: unknown): { readonly faults: readonly Fault[]; readonly count: number } {
  if (!isRecord(body)) {
    const message = 'Input should be a valid dictionary or object to extract fields from';
    return { faults: [{ type: 'model_attributes_type', field: '', message, input: body }], count: 1 };
  }
  const messages = checkMessageShapes(body);
  const faults = CHECKS.flatMap(([check, ...fields]) =>
    fields.flatMap((field) =>
      body[field] === undefined || body[field] === null ? [] : check(field, body[field]),
    ),
  );
  return { faults: [...messages.faults, ...faults], count: messages.count + faults.length };
}
