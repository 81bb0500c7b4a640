import type { OpenBody, RequestBody } from '../transport/transport.ts';
import type { BodyTemplate } from './body-template.ts';
import { OpenPictureBody } from './open-picture-body.ts';

/** A request with pictures, encoded each time it is sent and never as a whole before. */
class PictureBody implements RequestBody {
  readonly contentLength: number;
  readonly #texts: readonly Buffer[];
  readonly #template: BodyTemplate;

  constructor(template: BodyTemplate) {
    this.#template = template;
    this.#texts = template.texts.map((text) => Buffer.from(text));
    this.contentLength =
      this.#texts.reduce((sum, text) => sum + text.length, 0) +
      template.pictures.reduce((sum, picture) => sum + base64Length(picture.byteLength ?? 0), 0);
  }

  open(): OpenBody {
    return new OpenPictureBody({
      texts: this.#texts,
      pictures: this.#template.pictures,
      contentLength: this.contentLength,
    });
  }
}

/** The body of a request: plain text when no picture has to be encoded. */
export function bodyOf(template: BodyTemplate): string | RequestBody {
  return template.pictures.length === 0 ? (template.texts[0] ?? '') : new PictureBody(template);
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
