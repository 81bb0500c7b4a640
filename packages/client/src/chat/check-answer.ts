import { PixtralError } from '../errors/errors.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import type { ChatCompletion } from './chat-types.ts';

/**
 * Whether a server did what its answer does not tell that it did not: fields that some servers ignore.
 * @throws PixtralError that says which.
 */
export function checkAnswer(request: ChatRequest, { choices }: ChatCompletion): void {
  const [first] = choices;
  if (request.logprobs && first.logprobs === undefined) throw missing('logprobs');
  if (request.return_token_ids && first.tokenIds === undefined) throw missing('return_token_ids');
  const { tool_choice } = request;
  const mustCall = tool_choice === 'required' || typeof tool_choice === 'object';
  const complete = choices.find(({ finishReason }) => finishReason !== 'length');
  if (mustCall && complete?.toolCalls.length === 0) {
    throw new PixtralError(
      `the model was to call a tool and answered ${JSON.stringify(complete.text.slice(0, 100))}: the server must run with --enable-auto-tool-choice --tool-call-parser mistral, without them it ignores "tool_choice"`,
    );
  }
}

function missing(field: string): PixtralError {
  return new PixtralError(
    `"${field}" was asked for, and the answer does not have it: this server ignores it`,
  );
}
