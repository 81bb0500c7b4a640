export type { ImageLimits } from '@pixtral-fleet/catalog';
export {
  BatchStoppedError,
  type BatchStopReason,
  CheckpointError,
  type CheckpointProblem,
} from './batch/batch-errors.ts';
export type {
  BatchItem,
  BatchOptions,
  BatchProgress,
  BatchResult,
  ConcurrencyBounds,
  ItemContext,
  ItemError,
  ItemWork,
} from './batch/batch-types.ts';
export { type BatchSource, mapImages } from './batch/map-images.ts';
export type { AskOptions } from './chat/ask.ts';
export type {
  Asked,
  CallOptions,
  ChatChoice,
  ChatCompletion,
  FinishReason,
  Logprob,
  Model,
  PromptLogprobs,
  TokenLogprob,
  Usage,
} from './chat/chat-types.ts';
export { type ClientOptions, createClient } from './create-client.ts';
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
export { countImageTokens } from './images/count-image-tokens.ts';
export type { ImageInput, ImagePartOptions } from './images/image-input.ts';
export { imagePart } from './images/image-part.ts';
export { UsageMismatchError } from './images/image-usage.ts';
export { Picture, type PictureSource } from './images/picture.ts';
export type { PrepareOptions } from './images/preparation.ts';
export type { ParsedCompletion, ParseRequest, PixtralClient } from './pixtral-client.ts';
export type { ChatRequest } from './request/chat-request.ts';
export type { ResponseFormat, StructuredOutputs } from './request/constraint-fields.ts';
export type {
  AssistantMessage,
  ChatMessage,
  ContentPart,
  ImagePart,
  SystemMessage,
  TextPart,
  ToolMessage,
  UserMessage,
} from './request/messages.ts';
export type { Refused } from './request/refused-fields.ts';
export type { Tool, ToolCall, ToolChoice } from './request/tools.ts';
export { ChatStream, type FinalAnswer } from './streaming/chat-stream.ts';
export type { ChatStreamEvent, ToolCallDelta } from './streaming/stream-events.ts';
export type { OutputFormat } from './structured/output-format.ts';
export type {
  SchemaIssue,
  SchemaOutput,
  StandardJsonSchema,
  StandardSchema,
} from './structured/standard-schema.ts';
export { AnswerCutError, StructuredOutputError } from './structured/structured-errors.ts';
export type { CallOutcome, CallRecord, RequestFacts } from './telemetry/call-record.ts';
export { CALL_CHANNELS } from './telemetry/channels.ts';
