import type { Outcome } from './run-suite.ts';

const FOREIGN = 'The gateway lets nothing through to';

/**
 * Recordings that the simulator does not answer as vLLM does, by their ids, and why that is right. An entry whose
 * recording agrees fails the suite: it is to be removed.
 */
export const ACCEPTED_DIFFERENCES: Readonly<Record<string, string>> = {
  '501-completions': `${FOREIGN} legacy completions.`,
  '502-responses': `${FOREIGN} the Responses API.`,
  '503-responses-stream': `${FOREIGN} the Responses API.`,
  '504-responses-image': `${FOREIGN} the Responses API.`,
  '505-messages': `${FOREIGN} Anthropic's messages.`,
  '506-messages-stream': `${FOREIGN} Anthropic's messages.`,
  '507-messages-image': `${FOREIGN} Anthropic's messages.`,
  '508-messages-error': `${FOREIGN} Anthropic's messages.`,
  '513-chat-batch': `${FOREIGN} batches of chats.`,
  '514-completions-stream': `${FOREIGN} legacy completions.`,
};

/** `accepted` differs as it may; `stale` agrees although it need not. Only `differs` and `stale` fail the suite. */
export type Verdict = 'agrees' | 'accepted' | 'stale' | 'differs';

/** What an outcome means for the suite. Of a `live` server nothing is accepted: it is a vLLM. */
export function judge({ recording, differences }: Outcome, { live }: { readonly live: boolean }): Verdict {
  const accepted = !live && recording.id in ACCEPTED_DIFFERENCES;
  if (differences.length > 0) return accepted ? 'accepted' : 'differs';
  return accepted ? 'stale' : 'agrees';
}
