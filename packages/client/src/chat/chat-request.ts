import type { ImageLimits } from '@pixtral-fleet/catalog';
import { type BodyTemplate, makeBodyTemplate } from '../bodies/body-template.ts';
import { checkPictures } from '../images/check-pictures.ts';
import type { Picture } from '../images/picture.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { checkFields } from '../request/check-fields.ts';

export interface EncodeOptions {
  readonly model: string;
  readonly stream: boolean;
  readonly imageLimits: ImageLimits;
  readonly unchecked: Readonly<Record<string, unknown>> | undefined;
}

export interface EncodedRequest {
  /** The JSON, with holes for the pictures. */
  readonly template: BodyTemplate;
  readonly pictures: readonly Picture[];
}

/** @throws InvalidRequestError for fields that the server would ignore, and for pictures that it would refuse. */
export function encodeChatRequest(
  request: ChatRequest,
  { model, stream, imageLimits, unchecked }: EncodeOptions,
): EncodedRequest {
  checkFields(request);
  const { messages, pictures } = checkPictures(request.messages, imageLimits);
  const streaming = stream ? { stream, stream_options: { include_usage: true } } : {};
  return {
    template: makeBodyTemplate({ model, ...request, messages, ...unchecked, ...streaming }),
    pictures,
  };
}
