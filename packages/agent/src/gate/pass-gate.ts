import { createClient } from '@pixtral-fleet/client';
import { askSeeingQuestions, type SeeingAnswer } from '@pixtral-fleet/smoke-tests/seeing';

/** The model answered, but not what is in the pictures. */
export class GateRefusal extends Error {
  override readonly name = 'GateRefusal' as const;
  readonly answers: readonly SeeingAnswer[];

  constructor(answers: readonly SeeingAnswer[]) {
    const wrong = answers.filter((answer) => !answer.ok);
    const [first] = wrong;
    super(
      `refused by the gate: ${wrong.length} of ${answers.length} questions about pictures were answered wrong; ` +
        `asked ${JSON.stringify(first?.question)}, expected ${JSON.stringify(first?.expected)}, got ${JSON.stringify(first?.answer)}`,
    );
    this.answers = answers;
  }
}

/**
 * Asks the model about pictures drawn this moment, directly at its socket.
 * @throws GateRefusal when it does not see.
 */
export async function passGate(options: {
  readonly socketPath: string;
  readonly servedModelName: string;
  readonly signal: AbortSignal;
}): Promise<readonly SeeingAnswer[]> {
  const client = createEngineClient(options.socketPath, options.servedModelName);
  try {
    const report = await askSeeingQuestions({ client, signal: options.signal });
    if (!report.ok) throw new GateRefusal(report.answers);
    return report.answers;
  } finally {
    await client.close();
  }
}

/** A client of the bare model server behind its Unix socket. */
export function createEngineClient(socketPath: string, model: string): ReturnType<typeof createClient> {
  return createClient({ baseUrl: 'http://engine', socketPath, model, retries: 0, timeoutMs: 60_000 });
}
