import { isRecord } from '../json.ts';
import { badRequest, parameterError } from './vllm-error.ts';

const STRUCTURES = ['json', 'regex', 'choice', 'grammar', 'json_object', 'structural_tag'];

/** Fields that do not go together; vLLM looks at these before it looks at types. @throws VllmError */
export function checkCombinations(body: Readonly<Record<string, unknown>>): void {
  if (isRecord(body.stream_options) && body.stream !== true) {
    throw parameterError('stream_options', 'Stream options can only be defined when `stream=True`.');
  }
  if (Number(body.top_logprobs ?? 0) > 0 && body.logprobs !== true) {
    throw parameterError('top_logprobs', 'when using `top_logprobs`, `logprobs` must be set to true.');
  }
  const { response_format, structured_outputs } = body;
  if (
    isRecord(response_format) &&
    response_format.type === 'json_schema' &&
    !isRecord(response_format.json_schema)
  ) {
    throw parameterError(
      'response_format',
      "When response_format type is 'json_schema', the 'json_schema' field must be provided.",
    );
  }
  if (isRecord(structured_outputs)) {
    const given = STRUCTURES.filter((name) => structured_outputs[name] != null);
    if (given.length > 1) {
      throw badRequest(
        "You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').",
      );
    }
  }
  if (Array.isArray(body.tools) && body.tools.length === 0) {
    throw parameterError(
      'tools',
      '`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.',
    );
  }
  if (body.tool_choice != null && body.tool_choice !== 'none' && body.tools == null) {
    throw parameterError('tool_choice', 'When using `tool_choice`, `tools` must be set.');
  }
}
