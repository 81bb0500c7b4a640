import { createClient } from '@pixtral-fleet/client';
import {
  askSeeingQuestions,
  type KindResult,
  type Random,
  type SeeingAnswer,
  type SeeingReport,
} from '@pixtral-fleet/smoke-tests/seeing';

/** The model answered, but not what is in the pictures; or it counts pictures otherwise than the fleet. */
export class GateRefusal extends Error {
  override readonly name = 'GateRefusal' as const;
  readonly answers: readonly SeeingAnswer[];
  /** How each kind of question went. */
  readonly kinds: readonly KindResult[];
  /** Why the exam is failed; undefined when it was passed and only the tokens are counted otherwise. */
  readonly reason: string | undefined;

  constructor({ answers, kinds, reason, tokenMismatch }: SeeingReport) {
    const wrong = answers.filter((answer) => !answer.ok);
    const [first] = wrong;
    const counted = `${wrong.length} of ${answers.length} questions about pictures were answered wrong`;
    const example = `asked ${JSON.stringify(first?.question)}, expected ${JSON.stringify(first?.expected)}, got ${JSON.stringify(first?.answer)}`;
    super(`refused by the gate: ${reason ? `${counted}; ${reason}; ${example}` : tokenMismatch}`);
    this.answers = answers;
    this.kinds = kinds;
    this.reason = reason;
  }
}

/**
 * Asks the model about pictures drawn this moment, directly at its socket. `GATE_EXAM` says what is asked and what must
 * be right; what is not answered within 60 s is wrong.
 * @throws GateRefusal when it does not see, or `usage.prompt_tokens` is not what the catalog predicts.
 */
export async function passGate(options: {
  readonly socketPath: string;
  readonly servedModelName: string;
  readonly signal: AbortSignal;
  /** @default 60_000 */
  readonly deadlineMs?: number;
  /** Draws the pictures. @default crypto.getRandomValues */
  readonly random?: Random;
}): Promise<readonly SeeingAnswer[]> {
  const { socketPath, servedModelName, signal, deadlineMs = 60_000, random } = options;
  const client = createEngineClient(socketPath, servedModelName);
  try {
    const report = await askSeeingQuestions({
      client,
      signal,
      deadlineMs,
      ...(random ? { random } : {}),
    });
    if (!report.ok || report.tokenMismatch) throw new GateRefusal(report);
    return report.answers;
  } finally {
    await client.close();
  }
}

/** A client of the bare model server behind its Unix socket. */
export function createEngineClient(socketPath: string, model: string): ReturnType<typeof createClient> {
  return createClient({ baseUrl: 'http://engine', socketPath, model, retries: 0, timeoutMs: 60_000 });
}
