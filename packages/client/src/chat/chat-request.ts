import { type BodyTemplate, makeBodyTemplate } from '../bodies/body-template.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { ChatRequest } from './chat-types.ts';

/** Fields that servers accept and ignore: silence would look like success. What to use instead. */
const REPLACED: Readonly<Record<string, string>> = {
  guided_json: 'structured_outputs: {json: …}',
  guided_regex: 'structured_outputs: {regex: …}',
  guided_choice: 'structured_outputs: {choice: […]}',
  guided_grammar: 'structured_outputs: {grammar: …}',
  extra_body: 'the field itself, at the top level of the request',
};

/**
 * The JSON of a request, with holes for its pictures.
 * @throws InvalidRequestError for fields that the server would ignore, and for a request without messages.
 */
export function encodeChatRequest(
  request: ChatRequest,
  options: { readonly model: string; readonly stream: boolean },
): BodyTemplate {
  for (const [field, instead] of Object.entries(REPLACED)) {
    if (field in request)
      throw new InvalidRequestError(`"${field}" has no effect on this server; use ${instead}`);
  }
  if (request.messages.length === 0) throw new InvalidRequestError('messages must not be empty');
  const streaming = options.stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return makeBodyTemplate({ model: options.model, ...request, ...streaming });
}
