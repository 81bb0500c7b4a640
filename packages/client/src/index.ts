export { ChatStream, type ChatStreamEvent, type FinalAnswer } from './chat-stream.ts';
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
} from './chat-types.ts';
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
} from './errors.ts';
export { type ImageInput, imagePart } from './image-part.ts';
