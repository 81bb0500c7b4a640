import type { Usage } from '../chat/chat-types.ts';
import { PixtralError } from '../errors/errors.ts';
import type { ChatRequest } from '../request/chat-request.ts';
import { countImageTokens } from './count-image-tokens.ts';
import type { Picture } from './picture.ts';

/** The server counted other tokens for the pictures than this client: it resizes pictures differently, or another model answers. */
export class UsageMismatchError extends PixtralError {
  override readonly name = 'UsageMismatchError' as const;
  /** Tokens of all pictures, by this client's count. */
  readonly predictedImageTokens: number;
  /** What the server counted. */
  readonly usage: Usage;

  constructor(message: string, init: Pick<UsageMismatchError, 'predictedImageTokens' | 'usage'>) {
    super(message);
    this.predictedImageTokens = init.predictedImageTokens;
    this.usage = init.usage;
  }
}

/**
 * Compares what a server counted with what was foreseen: exactly, where the server counts pictures apart, and otherwise
 * that the prompt has more tokens than its pictures. Says nothing where pictures went by URL or the prompt was cut.
 * @throws UsageMismatchError
 */
export function checkImageUsage(
  request: Pick<ChatRequest, 'truncate_prompt_tokens'>,
  pictures: readonly Picture[],
  usage: Usage,
): void {
  if (request.truncate_prompt_tokens !== undefined || pictures.some(({ header }) => !header)) return;
  const predictedImageTokens = pictures.reduce((sum, picture) => sum + countImageTokens(picture), 0);
  const counted = usage.prompt_tokens_details?.multimodal_tokens?.image;
  const fits =
    counted === undefined ? usage.prompt_tokens > predictedImageTokens : counted === predictedImageTokens;
  if (pictures.length === 0 || fits) return;
  throw new UsageMismatchError(
    `${pictures.length} pictures take ${predictedImageTokens} tokens, and the server counted ${counted === undefined ? `${usage.prompt_tokens} for the whole prompt` : `${counted} for them`}: it resizes pictures differently, or it is another model`,
    { predictedImageTokens, usage },
  );
}
