import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { AnswerToken } from './plan-answer.ts';

/** Made up: a model that is sure of what it says. */
const SURE = -0.0625;
/** Each further token is so much less likely. */
const STEP = 2.5;
/** What stands in the other places. */
const OTHERS = [' the', ' a', '.', ',', ' of', ' and', ' in', '1', '2', '3'];

/** `choices[].logprobs` (110, 405): the token itself, then others, each with its bytes. */
export function logprobsOf(tokens: readonly AnswerToken[], top: number): object {
  return {
    content: tokens.map(({ token, bytes }) => {
      const own = { token, logprob: SURE, bytes };
      const others = Array.from({ length: Math.max(0, top - 1) }, (_, index) => {
        const text = OTHERS[index % OTHERS.length] ?? '';
        return { token: text, logprob: SURE - STEP * (index + 1), bytes: [...Buffer.from(text)] };
      });
      return { ...own, top_logprobs: top > 0 ? [own, ...others] : [] };
    }),
  };
}

/** `prompt_logprobs` (111): nothing for the first token; for each other the likeliest one and itself. */
export function promptLogprobsOf(ids: readonly number[], tokenizer: Tokenizer): readonly (object | null)[] {
  const decode = (id: number) => Buffer.from(tokenizer.bytesOf(id)).toString('utf8');
  return ids.map((id, index) => {
    if (index === 0) return null;
    const [likeliest = 0] = tokenizer.encode(OTHERS[index % OTHERS.length] ?? '');
    return {
      [likeliest]: { logprob: SURE - STEP, rank: 1, decoded_token: decode(likeliest) },
      [id]: { logprob: SURE - 2 * STEP, rank: 2, decoded_token: decode(id) },
    };
  });
}
