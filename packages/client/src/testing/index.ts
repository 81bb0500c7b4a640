export type { AnswerOptions, ScriptedChoice } from './bodies.ts';
export type { Exchange } from './exchange.ts';
export { type Script, type ScriptedServer, type Step, startScriptedServer } from './scripted-server.ts';
export {
  answer,
  balancerError,
  cutAfter,
  endAfter,
  errorAfter,
  models,
  refuse,
  stall,
  stallAfter,
  stream,
  tooLarge,
  unauthorized,
} from './steps.ts';
