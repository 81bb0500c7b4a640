import { randomUUID } from 'node:crypto';
import { Picture } from '../images/picture.ts';

/** JSON text with holes for pictures: `texts[0]`, picture 0, `texts[1]`, …; one text more than pictures. */
export interface BodyTemplate {
  readonly texts: readonly string[];
  readonly pictures: readonly Picture[];
}

interface WithMessages {
  readonly messages: readonly { readonly content: unknown }[];
}

/**
 * Writes a request as JSON without ever making a string of a picture: each is stood in for by a placeholder that nobody
 * can guess, at which the text is cut. Filled with the base64 of the pictures the parts are byte for byte what
 * `JSON.stringify` of the whole would be.
 */
export function makeBodyTemplate(request: WithMessages): BodyTemplate {
  const pictures: Picture[] = [];
  const placeholder = randomUUID();
  const messages = request.messages.map((message) => {
    if (!Array.isArray(message.content)) return message;
    const parts: readonly unknown[] = message.content;
    const content = parts.map((part) => {
      if (!(part instanceof Picture)) return part;
      if (part.source.kind === 'url') return part.toJSON();
      pictures.push(part);
      return part.toWire(`data:${part.mediaType};base64,${placeholder}`);
    });
    return { ...message, content };
  });
  if (pictures.length === 0) return { texts: [JSON.stringify(request)], pictures };
  const texts = JSON.stringify({ ...request, messages }).split(placeholder);
  if (texts.length !== pictures.length + 1) {
    throw new Error(`expected ${pictures.length + 1} texts around the pictures, got ${texts.length}`);
  }
  return { texts, pictures };
}
