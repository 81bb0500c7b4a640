import type { AnswerOptions } from './chat-request.ts';
import { pythonFloat } from './python-text.ts';
import { badRequest, parameterError } from './vllm-error.ts';

/** `VLLM_MAX_N_SEQUENCES` by default. */
const MOST_CHOICES = 16_384;
/** `--max-logprobs` by default. */
const MOST_LOGPROBS = 20;

/** vLLM's `SamplingParams`: ranges, with its words. Some name the parameter and some do not. @throws VllmError */
export function checkSampling(
  body: Readonly<Record<string, unknown>>,
  options: AnswerOptions,
  maxModelLen: number,
): void {
  const { maxTokens, minTokens, choices, topLogprobs } = options;
  if (maxTokens !== undefined && maxTokens > maxModelLen) {
    const message = `max_tokens=${maxTokens} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens.`;
    throw parameterError('max_tokens', message, String(maxTokens));
  }
  if (choices < 1) throw badRequest(`n must be at least 1, got ${choices}.`);
  if (choices > MOST_CHOICES) {
    throw badRequest(
      `n must be at most ${MOST_CHOICES}, got ${choices}. To increase this limit, set the VLLM_MAX_N_SEQUENCES environment variable.`,
    );
  }
  checkPenalties(body);
  checkTemperature(body.temperature);
  checkShares(body);
  if (maxTokens !== undefined && maxTokens < 1) {
    throw parameterError('max_tokens', `max_tokens must be at least 1, got ${maxTokens}.`, String(maxTokens));
  }
  if (minTokens < 0) throw badRequest(`min_tokens must be greater than or equal to 0, got ${minTokens}.`);
  if (maxTokens !== undefined && minTokens > maxTokens) {
    throw badRequest(`min_tokens must be less than or equal to max_tokens=${maxTokens}, got ${minTokens}.`);
  }
  if (topLogprobs !== undefined && topLogprobs > MOST_LOGPROBS) {
    const message = `Requested sample logprobs of ${topLogprobs}, which is greater than max allowed: ${MOST_LOGPROBS}`;
    throw parameterError('logprobs', message, String(topLogprobs));
  }
  if (options.stop.some((text) => text === '')) throw badRequest('stop cannot contain an empty string.');
  const greedy = body.temperature != null && Number(body.temperature) === 0;
  if (choices > 1 && greedy && body.use_beam_search !== true) {
    throw badRequest(`n must be 1 when using greedy sampling, got ${choices}.`);
  }
}

function checkPenalties(body: Readonly<Record<string, unknown>>): void {
  for (const name of ['presence_penalty', 'frequency_penalty']) {
    const value = Number(body[name] ?? 0);
    if (value < -2 || value > 2) throw badRequest(`${name} must be in [-2, 2], got ${pythonFloat(value)}.`);
  }
}

function checkTemperature(given: unknown): void {
  const value = Number(given ?? 1);
  const shown = pythonFloat(value);
  const refuse = (rule: string) =>
    parameterError('temperature', `temperature must be ${rule}, got ${shown}.`, shown);
  if (!Number.isFinite(value)) throw refuse('a finite number');
  if (value < 0) throw refuse('non-negative');
  if (value > 2) throw refuse('in [0, 2]');
}

function checkShares(body: Readonly<Record<string, unknown>>): void {
  const topP = Number(body.top_p ?? 1);
  if (topP <= 0 || topP > 1) {
    const shown = pythonFloat(topP);
    throw parameterError('top_p', `top_p must be in (0, 1], got ${shown}.`, shown);
  }
  const topK = Number(body.top_k ?? 0);
  if (topK < -1) throw badRequest(`top_k must be 0 (disable), or at least 1, got ${topK}.`);
  const minP = Number(body.min_p ?? 0);
  if (minP < 0 || minP > 1) throw badRequest(`min_p must be in [0, 1], got ${pythonFloat(minP)}.`);
}
