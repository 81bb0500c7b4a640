import type { PixtralClient } from '@pixtral-fleet/client';
import { askQuestion } from './ask-question.ts';
import { findTokenMismatch } from './find-token-mismatch.ts';
import { generateUnlike } from './generate-questions.ts';
import { judgeExam, judgeKinds } from './judge-exam.ts';
import { type KindResult, rightAnswersToPass } from './judge-kind.ts';
import { mapInOrder } from './map-in-order.ts';
import { cryptoRandom, type Random } from './random.ts';
import { GATE_EXAM, type SeeingExam } from './seeing-exam.ts';
import type { SeeingKind, SeeingQuestion } from './seeing-question.ts';
import type { SeeingAnswer, SeeingReport } from './seeing-report.ts';

export interface AskSeeingOptions {
  readonly client: { readonly chat: Pick<PixtralClient['chat'], 'create'> };
  /** @default crypto.getRandomValues */
  readonly random?: Random;
  /** What is asked, and what must be right. @default GATE_EXAM */
  readonly exam?: SeeingExam;
  /** Requests at the same time. More than a gateway admits are refused by it, and wrong. @default - all of a round */
  readonly concurrency?: number;
  /** Milliseconds for the whole exam; what is not answered by then is wrong, and nothing more is asked. @default 60_000 */
  readonly deadlineMs?: number;
  /** Ends it; the promise then rejects. @default - the deadline only */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a model about pictures drawn that moment and judges its answers: whether it sees, not whether it talks.
 *
 * The first round asks as many questions of each kind as pass it when all are answered right, each later one what is
 * missing; questions of a round are sent at the same time. No two pictures of a kind have the same answer (while the
 * kind has answers left), so that an answer kept from an earlier picture is wrong. A request that fails (an error
 * status, a timeout, a broken connection) is a wrong answer that carries its reason. `SeeingExam` says what is enough.
 *
 * @throws the reason of `signal` when it aborts, and whatever is a mistake of the caller rather than of the model.
 */
export async function askSeeingQuestions(options: AskSeeingOptions): Promise<SeeingReport> {
  const { client, random = cryptoRandom, exam = GATE_EXAM, deadlineMs = 60_000, signal } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  const used = new Map<SeeingKind, Set<string>>(exam.kinds.map((kind) => [kind, new Set()]));
  const answers: SeeingAnswer[] = [];
  let kinds = judgeKinds(exam, answers);
  for (;;) {
    const round = planRound(exam, kinds);
    if (round.length === 0 || deadline.aborted) break;
    const questions = round.map((kind) => generateUnlike(kind, random, used.get(kind) ?? new Set()));
    const limit = options.concurrency ?? questions.length;
    const work = (question: SeeingQuestion) =>
      askQuestion({ client, question, deadline, deadlineMs, signal });
    answers.push(...(await mapInOrder(questions, { limit, work })));
    kinds = judgeKinds(exam, answers);
  }
  const reason = judgeExam(exam, answers, deadline.aborted ? deadlineMs : undefined);
  return {
    ok: reason === undefined,
    reason,
    kinds,
    answers,
    score: answers.reduce((sum, { score = 0 }) => sum + score, 0) / answers.length,
    tokenMismatch: findTokenMismatch(answers),
  };
}

/** What would pass every undecided kind if all were right; nothing when a kind has failed or has no question left. */
function planRound(exam: SeeingExam, kinds: readonly KindResult[]): readonly SeeingKind[] {
  const isOver = ({ verdict, asked }: KindResult): boolean =>
    verdict === 'failed' || (verdict === 'undecided' && asked >= exam.maxQuestions);
  if (kinds.some(isOver)) return [];
  return kinds.flatMap(({ kind, verdict, right, asked }) => {
    if (verdict !== 'undecided') return [];
    const missing = rightAnswersToPass(exam, kind, { right, wrong: asked - right });
    const atOnce = asked === 0 ? missing : Math.min(missing, exam.maxAtOnce);
    return Array.from({ length: Math.min(atOnce, exam.maxQuestions - asked) }, () => kind);
  });
}
