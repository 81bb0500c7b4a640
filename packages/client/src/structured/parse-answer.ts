import type { ChatCompletion } from '../chat/chat-types.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import type { SchemaIssue, StandardSchema } from './standard-schema.ts';
import { AnswerCutError, StructuredOutputError } from './structured-errors.ts';

/** Issues that a message names; the rest is counted. */
const SHOWN_ISSUES = 3;

/**
 * The value of a complete answer.
 * @throws AnswerCutError, StructuredOutputError
 */
export async function parseAnswer<Output>(
  request: Pick<ChatRequest, 'max_tokens' | 'max_completion_tokens'>,
  completion: ChatCompletion,
  schema: StandardSchema<Output>,
): Promise<Output> {
  if (completion.choices[0].finishReason === 'length') {
    throw new AnswerCutError(completion, request.max_completion_tokens ?? request.max_tokens);
  }
  const result = await schema['~standard'].validate(parseJson(completion));
  if (!result.issues) return result.value;
  throw new StructuredOutputError(`the answer does not fit the schema: ${describe(result.issues)}`, {
    completion,
    issues: result.issues,
  });
}

function parseJson(completion: ChatCompletion): unknown {
  const { text } = completion;
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = JSON.stringify(text.slice(0, 200));
    throw new StructuredOutputError(
      `the answer is no JSON: ${shown}; the server may not support response_format`,
      { completion, issues: [], cause: error },
    );
  }
}

function describe(issues: readonly SchemaIssue[]): string {
  const shown = issues.slice(0, SHOWN_ISSUES).map(({ message, path = [] }) => {
    const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
    return keys.length === 0 ? message : `"${keys.map(String).join('.')}": ${message}`;
  });
  const more = issues.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
