export type {
  CallOptions,
  ChatCompletion,
  ChatMessage,
  ChatRequest,
  ContentPart,
  ImagePart,
  Model,
  StructuredOutputs,
  TextPart,
  Usage,
} from './chat/chat-types.ts';
export { type ClientOptions, createClient, type PixtralClient } from './create-client.ts';
export {
  AbortError,
  ApiError,
  ConnectionError,
  IncompleteStreamError,
  InvalidRequestError,
  PixtralError,
  type ResponseInfo,
  StreamError,
  TimeoutError,
  type TimeoutPhase,
} from './errors/errors.ts';
export { type ImageInput, imagePart } from './images/image-part.ts';
export { Picture, type PictureSource } from './images/picture.ts';
export { ChatStream, type ChatStreamEvent, type FinalAnswer } from './streaming/chat-stream.ts';
