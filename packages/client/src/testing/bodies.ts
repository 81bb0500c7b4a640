/** One choice of an answer, as a script says it. */
export interface ScriptedChoice {
  readonly text: string;
  /** @default 'stop' */
  readonly finishReason?: string;
}

/** What an answer says beside its text. */
export interface AnswerOptions {
  /** @default 'stop' */
  readonly finishReason?: string;
  /** Tokens of the prompt, pictures included. @default 10 */
  readonly promptTokens?: number;
  /** Tokens of the answer. @default - one for each word */
  readonly completionTokens?: number;
  /** @default 'pixtral-12b' */
  readonly model?: string;
  /** @default 'chatcmpl-scripted' */
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ID = 'chatcmpl-scripted';
const MODEL = 'pixtral-12b';
/** A fixed time: what is scripted is the same each time. */
const CREATED = 1_767_225_600;

/** The body of a whole answer, as vLLM 0.32.0 sends it. */
export function completionBody(
  answer: string | readonly ScriptedChoice[],
  options: AnswerOptions = {},
): object {
  const choices = typeof answer === 'string' ? [{ text: answer, ...finishOf(options) }] : answer;
  return {
    id: options.id ?? ID,
    object: 'chat.completion',
    created: CREATED,
    model: options.model ?? MODEL,
    choices: choices.map((choice, index) => ({
      index,
      message: { role: 'assistant', content: choice.text, refusal: null, tool_calls: [] },
      logprobs: null,
      finish_reason: choice.finishReason ?? 'stop',
      stop_reason: null,
    })),
    usage: usageBody(
      choices.map((choice) => choice.text),
      options,
    ),
  };
}

/** One event of a streamed answer: some text of one choice, or its end. */
export function chunkBody(
  delta: { readonly text?: string; readonly finishReason?: string; readonly index?: number },
  options: AnswerOptions = {},
): object {
  return {
    id: options.id ?? ID,
    object: 'chat.completion.chunk',
    created: CREATED,
    model: options.model ?? MODEL,
    choices: [
      {
        index: delta.index ?? 0,
        delta: delta.text === undefined ? {} : { content: delta.text },
        logprobs: null,
        finish_reason: delta.finishReason ?? null,
      },
    ],
  };
}

/** The last event of a stream that asked for its usage: it has no choice. */
export function usageChunkBody(texts: readonly string[], options: AnswerOptions = {}): object {
  return {
    id: options.id ?? ID,
    object: 'chat.completion.chunk',
    created: CREATED,
    model: options.model ?? MODEL,
    choices: [],
    usage: usageBody(texts, options),
  };
}

/** vLLM's own error body, which is also what the fleet's gateway sends. */
export function errorBody(
  status: number,
  message: string,
  options: { readonly type?: string; readonly param?: string } = {},
): object {
  return {
    error: { message, type: options.type ?? errorType(status), param: options.param ?? null, code: status },
  };
}

/** The page that a load balancer of AWS sends when no target answers in time or rightly. */
export function balancerPage(status: number): string {
  const title = `${status} ${BALANCER_TITLES[status] ?? 'Error'}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
}

const BALANCER_TITLES: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

function errorType(status: number): string {
  if (status >= 500) return 'InternalServerError';
  return status === 404 ? 'NotFoundError' : 'BadRequestError';
}

function finishOf(options: AnswerOptions): { readonly finishReason?: string } {
  return options.finishReason === undefined ? {} : { finishReason: options.finishReason };
}

function usageBody(texts: readonly string[], options: AnswerOptions): object {
  const words = texts.join(' ').split(/\s+/).filter(Boolean).length;
  const { promptTokens = 10, completionTokens = words } = options;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: null,
  };
}
