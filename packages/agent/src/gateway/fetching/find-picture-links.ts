import { isRecord } from '../is-record.ts';

/** A picture of a request that is given by its address. */
export interface PictureLink {
  /** Such as `messages[0].content[1].image_url.url`. */
  readonly param: string;
  readonly url: string;
  /** Puts another URL in its place. */
  replace(url: string): void;
}

/** Pictures that are not in the request itself, in their order; whatever is not as it should be is left to be refused. */
export function findPictureLinks(body: unknown): readonly PictureLink[] {
  const messages = isRecord(body) && Array.isArray(body.messages) ? body.messages : [];
  return messages.flatMap((message: unknown, index) => {
    const content = isRecord(message) && Array.isArray(message.content) ? message.content : [];
    return content.flatMap((part: unknown, at) => findLink(part, `messages[${index}].content[${at}]`));
  });
}

function findLink(part: unknown, at: string): readonly PictureLink[] {
  const holder = isRecord(part) && part.type === 'image_url' ? part.image_url : undefined;
  if (!isRecord(holder) || typeof holder.url !== 'string' || /^data:/i.test(holder.url)) return [];
  return [
    {
      param: `${at}.image_url.url`,
      url: holder.url,
      replace: (url) => {
        holder.url = url;
      },
    },
  ];
}
