const PICTURE = /(data:[\w.+-]+\/[\w.+-]+;base64,)[A-Za-z0-9+/=]{16,}/g;

/**
 * Takes out of a server's words what must not reach a log: pictures, which servers repeat when they refuse a request,
 * and the key.
 */
export function redact(text: string, apiKey: string | undefined): string {
  const withoutPictures = text.replaceAll(PICTURE, '$1…');
  return apiKey ? withoutPictures.replaceAll(apiKey, '***') : withoutPictures;
}
