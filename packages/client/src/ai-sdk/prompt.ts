import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider';
import { InvalidRequestError } from '../errors/errors.ts';
import { imagePart } from '../images/image-part.ts';
import type { ChatMessage, ContentPart, TextPart } from '../request/messages.ts';

/** @throws InvalidRequestError for what a fleet has no place for: files other than pictures, tools. */
export function toMessages(prompt: LanguageModelV4Prompt): Promise<ChatMessage[]> {
  return Promise.all(prompt.map(toMessage));
}

async function toMessage(message: LanguageModelV4Message): Promise<ChatMessage> {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user': {
      const content = await Promise.all(
        message.content.map((part): ContentPart | Promise<ContentPart> =>
          part.type === 'text' ? { type: 'text', text: part.text } : toPicture(part),
        ),
      );
      return { role: 'user', content };
    }
    case 'assistant': {
      const content = message.content.map((part): TextPart => {
        if (part.type !== 'text') throw unsupported(part.type, 'an assistant message');
        return { type: 'text', text: part.text };
      });
      return { role: 'assistant', content };
    }
    case 'tool':
      throw unsupported('tool', 'the prompt');
  }
}

async function toPicture({ mediaType, data }: LanguageModelV4FilePart): Promise<ContentPart> {
  if (!/^image(\/|$)/.test(mediaType)) throw unsupported(`a file of type "${mediaType}"`, 'a user message');
  if (data.type === 'url') return imagePart(data.url);
  if (data.type !== 'data') throw unsupported(`a picture by ${data.type}`, 'a user message');
  return imagePart(typeof data.data === 'string' ? Buffer.from(data.data, 'base64') : data.data);
}

function unsupported(what: string, where: string): InvalidRequestError {
  return new InvalidRequestError(
    `${what} in ${where} cannot be sent: expected text, or a picture from the user`,
  );
}
