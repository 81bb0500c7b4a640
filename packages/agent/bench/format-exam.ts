import {
  examProbability,
  GATE_EXAM,
  guessProbability,
  kindProbability,
  SEEING_KINDS,
  type SeeingKind,
} from '@pixtral-fleet/smoke-tests/seeing';

/** How often a model is right in the columns of the tables. */
const RIGHT = [0.99, 0.97, 0.95, 0.9, 0.8, 0.5] as const;

/** The statistics of the exam as Markdown, computed and not measured. */
export function formatExam(): string {
  return [
    '| kind | questions when all are right | a guess is right | blind in this kind only: passes | right in 95 %: fails | right in 95 %: questions |',
    '|---|---|---|---|---|---|',
    ...SEEING_KINDS.map(kindRow),
    '',
    'How often the whole exam refuses a model that is right in so many cases, in every kind:',
    '',
    `| ${RIGHT.map((right) => `${Math.round(right * 100)} %`).join(' | ')} |`,
    `|${'---|'.repeat(RIGHT.length)}`,
    `| ${RIGHT.map((right) => share(1 - examProbability(GATE_EXAM, () => right))).join(' | ')} |`,
    '',
    `Without a limit of ${GATE_EXAM.maxQuestions} questions of a kind, a model that is right in 95 % would be refused ${share(unlimited(0.95))} instead of ${share(1 - examProbability(GATE_EXAM, () => 0.95))}. One that guesses passes ${share(examProbability(GATE_EXAM, guessProbability))}.`,
  ].join('\n');
}

function kindRow(kind: SeeingKind): string {
  const blind = examProbability(GATE_EXAM, (each) => (each === kind ? guessProbability(kind) : 1));
  const seeing = kindProbability(GATE_EXAM, { kind, right: GATE_EXAM.seeing });
  return `| ${[
    kind,
    Math.round(kindProbability(GATE_EXAM, { kind, right: 1 }).questions),
    share(guessProbability(kind)),
    share(blind),
    share(seeing.failed + seeing.undecided),
    seeing.questions.toFixed(1),
  ].join(' | ')} |`;
}

/** Far more than any verdict takes. */
const NO_LIMIT = 400;

function unlimited(right: number): number {
  return 1 - examProbability({ ...GATE_EXAM, maxQuestions: NO_LIMIT }, () => right);
}

/** `1 in 5,000`, or per cent where that reads better; powers of ten where nobody can picture the number. */
function share(value: number): string {
  if (value > 0.99) return 'over 99 %';
  if (value > 0.02) return `${(100 * value).toPrecision(2)} %`;
  const oneIn = 1 / value;
  if (oneIn >= 1e7) return `1 in 10^${Math.floor(Math.log10(oneIn))}`;
  return `1 in ${Number(oneIn.toPrecision(2)).toLocaleString('en')}`;
}
