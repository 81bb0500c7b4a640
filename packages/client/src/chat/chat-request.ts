import { type BodyTemplate, makeBodyTemplate } from '../bodies/body-template.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { checkFields } from '../request/check-fields.ts';

/**
 * The JSON of a request, with holes for its pictures.
 * @throws InvalidRequestError for fields that the server would ignore, and for a request without messages.
 */
export function encodeChatRequest(
  request: ChatRequest,
  options: {
    readonly model: string;
    readonly stream: boolean;
    readonly unchecked?: Readonly<Record<string, unknown>> | undefined;
  },
): BodyTemplate {
  checkFields(request);
  const streaming = options.stream ? { stream: true, stream_options: { include_usage: true } } : {};
  return makeBodyTemplate({ model: options.model, ...request, ...options.unchecked, ...streaming });
}
