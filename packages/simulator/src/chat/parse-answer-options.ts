import { isRecord } from '../json.ts';
import { CONTROL, VOCABULARY_SIZE } from '../tokenizer/tokenizer.ts';
import type { AnswerOptions, Structure } from './chat-request.ts';
import { checkSampling } from './check-sampling.ts';
import { badRequest, parameterError } from './vllm-error.ts';

/** From here on a bias leaves the model no other token. */
const IRRESISTIBLE_BIAS = 50;

/** Reads everything but the messages, of fields that have the right types. @throws VllmError */
export function parseAnswerOptions(
  body: Readonly<Record<string, unknown>>,
  maxModelLen: number,
): AnswerOptions {
  const stream = body.stream === true;
  const streamOptions = isRecord(body.stream_options) ? body.stream_options : {};
  const maxTokens = numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens);
  const options: AnswerOptions = {
    choices: numberOf(body.n) ?? 1,
    maxTokens,
    minTokens: numberOf(body.min_tokens) ?? 0,
    ignoreEndOfText: body.ignore_eos === true,
    endsAtOnce: readBias(body.logit_bias),
    stop: typeof body.stop === 'string' ? [body.stop] : Array.isArray(body.stop) ? body.stop : [],
    structure: readStructure(body),
    allowedTokens: Array.isArray(body.allowed_token_ids) ? body.allowed_token_ids : undefined,
    topLogprobs: body.logprobs === true ? (numberOf(body.top_logprobs) ?? 0) : undefined,
    promptLogprobs: numberOf(body.prompt_logprobs),
    returnTokenIds: body.return_token_ids === true,
    stream,
    includeUsage: streamOptions.include_usage === true,
    continuousUsage: streamOptions.include_usage === true && streamOptions.continuous_usage_stats === true,
    streamInterval: numberOf(body.stream_interval) ?? 1,
  };
  checkSampling(body, options, maxModelLen);
  return options;
}

/** Numbers may come as text (recorded 316). */
function numberOf(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

/** Whether the bias leaves nothing but the end of the text. @throws VllmError for ids that no token has. */
function readBias(bias: unknown): boolean {
  if (!isRecord(bias)) return false;
  const ids = Object.keys(bias).map(Number);
  const outside = ids.filter((id) => id < 0 || id >= VOCABULARY_SIZE);
  if (outside.length > 0) {
    const list = `[${outside.join(', ')}]`;
    const message = `token_id(s) ${list} in logit_bias contain out-of-vocab token ids. Vocabulary size: ${VOCABULARY_SIZE}`;
    throw parameterError('logit_bias', message, list);
  }
  return Number(bias[CONTROL.endOfText] ?? 0) >= IRRESISTIBLE_BIAS;
}

function readStructure(body: Readonly<Record<string, unknown>>): Structure | undefined {
  const { response_format, structured_outputs } = body;
  if (isRecord(response_format)) {
    if (response_format.type === 'json_object') return { kind: 'json', schema: {} };
    const { json_schema } = response_format;
    if (isRecord(json_schema)) return { kind: 'json', schema: json_schema.schema ?? {} };
  }
  if (!isRecord(structured_outputs)) return undefined;
  const { choice, json, json_object, regex } = structured_outputs;
  if (Array.isArray(choice)) return { kind: 'choice', choices: choice.map(String) };
  if (json_object === true) return { kind: 'json', schema: {} };
  if (json != null) return { kind: 'json', schema: typeof json === 'string' ? JSON.parse(json) : json };
  if (typeof regex !== 'string') return undefined;
  checkRegex(regex);
  return { kind: 'regex', regex };
}

/** @throws VllmError in the words of the grammar's compiler, which shows where (recorded 124). */
function checkRegex(regex: string): void {
  try {
    new RegExp(regex, 'u');
  } catch {
    const last = ' '.repeat(Math.max(0, regex.length - 1));
    throw badRequest(
      `Grammar error: at 1(8): invalid regex ${JSON.stringify(regex)} (in regex): regex parse error:\n    ${regex}\n    ${last}^\nerror: unclosed group\n   1 | start: /${regex}/\n              ^`,
    );
  }
}
