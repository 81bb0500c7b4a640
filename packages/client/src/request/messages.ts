import type { Picture } from '../images/picture.ts';
import type { ToolCall } from './tools.ts';

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** A picture in OpenAI's form. `imagePart` makes one from a file, bytes, a stream or a URL, and is what to use. */
export interface ImagePart {
  readonly type: 'image_url';
  readonly image_url: {
    /** A `data:` URI, which is decoded and checked before it is sent, or an `https:` or `s3:` URL, which a fleet fetches if its config says so. */
    readonly url: string;
  };
}

export type ContentPart = TextPart | ImagePart | Picture;

export interface UserMessage {
  readonly role: 'user';
  readonly content: string | readonly ContentPart[];
}

/** The server refuses pictures here (recordings 259, 269): only a user shows pictures. */
export interface SystemMessage {
  readonly role: 'system';
  readonly content: string | readonly TextPart[];
}

/** What the model said before. As the last message it is refused, unless `continue_final_message` is set. */
export interface AssistantMessage {
  readonly role: 'assistant';
  /** Empty where the model only called tools. */
  readonly content: string | readonly TextPart[];
  readonly tool_calls?: readonly ToolCall[];
}

/** What a tool gave back. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly content: string | readonly TextPart[];
  /** `id` of the call that it answers. */
  readonly tool_call_id: string;
}

export type ChatMessage = UserMessage | SystemMessage | AssistantMessage | ToolMessage;
