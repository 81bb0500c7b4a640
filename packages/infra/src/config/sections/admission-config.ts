import { z } from 'zod';

/** What an instance lets in when more is asked of it than it can answer; see docs/admission.md. */
export interface AdmissionConfig {
  /**
   * Seconds within which an answer is wanted where the request does not say (header `X-Request-Timeout-Ms`): a stream's
   * first token, or the whole answer of what is not streamed. What would come later is refused with 429. Too short
   * refuses bursts that would pass; too long lets clients wait that have given up.
   * @default - 120, or `network.idleTimeoutSeconds` where that is less
   */
  readonly deadlineSeconds?: number;
}

/** As long as the client of this fleet waits for a first token. */
export const USUAL_DEADLINE_SECONDS = 120;

export const admissionSchema = z
  .strictObject({ deadlineSeconds: z.number().int().min(1).max(3_600).optional() })
  .readonly();
