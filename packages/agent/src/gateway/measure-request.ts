import { BYTES_PER_TOKEN, type RequestSize } from '../metrics/load.ts';
import type { RequestWork } from './admission/index.ts';
import type { InspectedRequest } from './inspect-chat-request.ts';

/** What a request is going to take, from what was inspected anyway; no byte of it is read again. */
export function measureRequest(
  { images, maxTokens, choices }: InspectedRequest,
  bodyBytes: number,
): RequestSize {
  // Base64 writes three bytes as four characters.
  const pictureBytes = images.reduce(
    (sum, { bytes, tailBytes }) => sum + 4 * Math.ceil((bytes + tailBytes) / 3),
    0,
  );
  return {
    imageTokens: images.reduce((sum, { tokens }) => sum + tokens, 0),
    textBytes: bodyBytes - pictureBytes,
    maxTokens,
    choices,
  };
}

/** The same, as what the engine is going to do with it. */
export function measureWork(
  { images }: Pick<InspectedRequest, 'images'>,
  { textBytes, maxTokens, choices }: RequestSize,
): RequestWork {
  return {
    pictures: images.map(({ tokens }) => tokens),
    textTokens: Math.ceil(Math.max(0, textBytes) / BYTES_PER_TOKEN),
    maxTokens,
    choices,
  };
}
