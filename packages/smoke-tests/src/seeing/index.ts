export { type AskSeeingOptions, askSeeingQuestions } from './ask-seeing-questions.ts';
export { examProbability, type KindProbability, kindProbability } from './exam-probability.ts';
export { type GenerateQuestionsOptions, generateQuestion, generateQuestions } from './generate-questions.ts';
export { isRightAnswer } from './is-right-answer.ts';
export type { KindResult, KindVerdict } from './judge-kind.ts';
export type { Random } from './random.ts';
export { GATE_EXAM, guessProbability, type SeeingExam } from './seeing-exam.ts';
export { SEEING_KINDS, type SeeingKind, type SeeingQuestion } from './seeing-question.ts';
export type { SeeingAnswer, SeeingReport } from './seeing-report.ts';
