import type { PixtralClient } from '@pixtral-fleet/client';
import { askQuestion } from './ask-question.ts';
import { findTokenMismatch } from './find-token-mismatch.ts';
import { generateUnlike } from './generate-questions.ts';
import { judgeExam } from './judge-exam.ts';
import { cryptoRandom, type Random } from './random.ts';
import { GATE_EXAM, type SeeingExam } from './seeing-exam.ts';
import type { SeeingKind } from './seeing-question.ts';
import type { SeeingAnswer, SeeingReport } from './seeing-report.ts';

export interface AskSeeingOptions {
  readonly client: { readonly chat: Pick<PixtralClient['chat'], 'create'> };
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** What is asked, and what must be right. @default GATE_EXAM */
  readonly exam?: SeeingExam;
  /** Milliseconds for the whole exam; what is not answered by then is wrong, and nothing more is asked. @default 60_000 */
  readonly deadlineMs?: number;
  /** Ends it; the promise then rejects. @default - the deadline only */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a model about pictures drawn that moment and judges its answers: whether it sees, not whether it talks.
 *
 * Questions of a round are sent at the same time. No two pictures of a kind have the same answer (while the kind has
 * answers left), so that an answer kept from an earlier picture is wrong. A request that fails (an error status, a
 * timeout, a broken connection) is a wrong answer that carries its reason. `SeeingExam` says what is enough.
 *
 * @throws the reason of `signal` when it aborts, and whatever is a mistake of the caller rather than of the model.
 */
export async function askSeeingQuestions(options: AskSeeingOptions): Promise<SeeingReport> {
  const { client, random = cryptoRandom, exam = GATE_EXAM, deadlineMs = 60_000, signal } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  const used = new Map<SeeingKind, Set<string>>(exam.kinds.map((kind) => [kind, new Set()]));
  const ask = (kinds: readonly SeeingKind[], each: number): Promise<SeeingAnswer[]> => {
    const questions = kinds.flatMap((kind) =>
      Array.from({ length: each }, () => generateUnlike(kind, random, used.get(kind) ?? new Set())),
    );
    return Promise.all(
      questions.map((question) => askQuestion({ client, question, deadline, deadlineMs, signal })),
    );
  };
  const first = await ask(exam.kinds, exam.first);
  const wrong = first.filter(({ ok }) => !ok);
  const goesOn = wrong.length <= exam.mostWrong && !deadline.aborted;
  const again = exam.kinds.filter((kind) => wrong.some((answer) => answer.kind === kind));
  const answers = goesOn ? [...first, ...(await ask(again, exam.more))] : first;
  const reason = judgeExam(exam, answers, deadline.aborted ? deadlineMs : undefined);
  return {
    ok: reason === undefined,
    reason,
    answers,
    score: answers.reduce((sum, { score = 0 }) => sum + score, 0) / answers.length,
    tokenMismatch: findTokenMismatch(answers),
  };
}
