import type { RequestContext } from './request-context.ts';
import { boolean, integer, listOf, number, only, orNull, type Rule, refused, shape, text } from './rules.ts';
import { structuredOutputs } from './structured-outputs.ts';
import { toolFields } from './tools.ts';

/** Token ids of the Tekken vocabulary, which all checkpoints have. */
const VOCABULARY = 131_072;
const tokenId = integer(0, VOCABULARY - 1);

/** vLLM's `--max-logprobs` by default. */
const MOST_LOGPROBS = 20;

const NO_TEMPLATE = 'templates run on the server, which chooses its own';
const NO_MEDIA = 'the server decides how pictures are read';
const NO_EFFECT = 'it has no effect on this model';
const RENDER_ONLY = 'it belongs to the render endpoints, which this server does not have';
const PROMPT_IS_FIXED = 'the prompt is built from "messages" alone';
const ONE_MACHINE = 'it belongs to servers that share their work, which this one does not';

/**
 * Every field of vLLM 0.32's chat completion request, with what it may be or why it is not passed on; whatever is not
 * here is refused as unknown. Checked against the recorded schema by a test.
 */
export function requestFields(context: RequestContext): Readonly<Record<string, Rule>> {
  const { limits, contextTokens } = context;
  const tokens = integer(1, contextTokens ?? VOCABULARY);
  return {
    // Looked at on their own.
    messages: () => undefined,
    model: () => undefined,

    // Length and number of answers.
    n: orNull(integer(1, limits.maxChoices)),
    max_tokens: orNull(tokens),
    max_completion_tokens: orNull(tokens),
    min_tokens: integer(0, contextTokens ?? VOCABULARY),
    stop: orNull(stop),
    stop_token_ids: orNull(listOf(tokenId, 0, 16)),
    include_stop_str_in_output: boolean,
    ignore_eos: boolean,

    // Sampling.
    temperature: orNull(number({ from: 0, to: 2 })),
    top_p: orNull(number({ above: 0, to: 1 })),
    top_k: orNull(integer(-1, VOCABULARY)),
    min_p: orNull(number({ from: 0, to: 1 })),
    presence_penalty: orNull(number({ from: -2, to: 2 })),
    frequency_penalty: orNull(number({ from: -2, to: 2 })),
    repetition_penalty: orNull(number({ above: 0, to: 2 })),
    seed: orNull(integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
    bad_words: listOf(text(1, 64), 0, 64),
    allowed_token_ids: orNull(listOf(tokenId, 1, 1_024)),
    repetition_detection: orNull(
      shape({
        max_pattern_size: integer(0, 256),
        min_pattern_size: integer(0, 256),
        min_count: integer(0, 1_000),
      }),
    ),
    logit_bias: refused('a wrong token id poisons the GPU for all later requests'),
    use_beam_search: only(false, 'a beam multiplies the work of a request without a bound'),
    length_penalty: only(1, 'it belongs to beam search'),
    thinking_token_budget: refused(NO_EFFECT),
    watermarking: refused(NO_EFFECT),

    // Constraints of the answer.
    ...structuredOutputs(limits),
    ...toolFields(context),

    // What comes back.
    stream: orNull(boolean),
    stream_options: orNull(
      shape({ include_usage: orNull(boolean), continuous_usage_stats: orNull(boolean) }),
    ),
    stream_interval: orNull(integer(1, 64)),
    logprobs: orNull(boolean),
    top_logprobs: orNull(integer(0, MOST_LOGPROBS)),
    logprob_token_ids: orNull(listOf(tokenId, 1, 128)),
    skip_special_tokens: boolean,
    spaces_between_special_tokens: boolean,
    return_tokens_as_token_ids: orNull(boolean),
    return_token_ids: orNull(boolean),
    prompt_logprobs: refused(
      'it scores every token of the vocabulary for every token of the prompt, gigabytes of it',
    ),
    return_prompt_text: orNull(boolean),
    include_reasoning: only(true, NO_EFFECT),
    reasoning_effort: refused(NO_EFFECT),
    return_token_offsets: refused(RENDER_ONLY),
    mm_payload: refused(RENDER_ONLY),
    return_mm_kwargs: refused(RENDER_ONLY),
    routed_experts_prompt_start: only(0, NO_EFFECT),

    // How the prompt is built.
    echo: only(false, 'the prompt is known to the sender'),
    add_generation_prompt: only(true, PROMPT_IS_FIXED),
    continue_final_message: only(false, PROMPT_IS_FIXED),
    add_special_tokens: only(false, PROMPT_IS_FIXED),
    documents: refused(PROMPT_IS_FIXED),
    chat_template: refused(NO_TEMPLATE),
    chat_template_kwargs: refused(NO_TEMPLATE),
    truncate_prompt_tokens: refused('a prompt that is cut loses pictures without a word; send less'),
    truncation_side: refused('a prompt that is cut loses pictures without a word; send less'),
    media_io_kwargs: refused(NO_MEDIA),
    mm_processor_kwargs: refused(NO_MEDIA),

    // Who asks.
    user: orNull(text(0, 256)),
    session_id: refused(ONE_MACHINE),
    request_id: refused('send it as the header X-Request-Id'),
    cache_salt: orNull(text(1, 128)),
    priority: only(0, 'it has no effect on this server'),
    kv_transfer_params: refused(ONE_MACHINE),
    ec_transfer_params: refused(ONE_MACHINE),
    vllm_xargs: refused('it reaches extensions of the model server that nobody has bounded'),

    // What people send that vLLM itself would ignore without a word.
    prompt_embeds: refused('embeddings are not accepted'),
    guided_json: refused('removed from vLLM and ignored there; use structured_outputs: {"json": …}'),
    guided_regex: refused('removed from vLLM and ignored there; use structured_outputs: {"regex": …}'),
    guided_choice: refused('removed from vLLM and ignored there; use structured_outputs: {"choice": […]}'),
    guided_grammar: refused('removed from vLLM and ignored there; use structured_outputs: {"grammar": …}'),
    extra_body: refused('put its fields at the top level'),
    functions: refused('removed from vLLM and ignored there; use tools'),
    function_call: refused('removed from vLLM and ignored there; use tool_choice'),
    audio: refused('this model neither hears nor speaks'),
    modalities: refused('this model answers with text'),
  };
}

/** One string or up to four, as vLLM takes them. */
function stop(value: unknown, at: string): void {
  const one = text(1, 128);
  if (typeof value === 'string') one(value, at);
  else listOf(one, 0, 4)(value, at);
}
