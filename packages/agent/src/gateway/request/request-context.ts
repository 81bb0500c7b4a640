import type { RequestLimits } from '../../config/instance-config.ts';

/** What a request is judged by, beside its own content. */
export interface RequestContext {
  readonly limits: RequestLimits;
  /** Tokens that prompt and answer may have together (`--max-model-len`); undefined where that is left to vLLM. */
  readonly contextTokens: number | undefined;
  /** Whether the model server reads tool calls out of answers (`--enable-auto-tool-choice`). */
  readonly servesTools: boolean;
}

/** What the arguments of `vllm serve` say; the last one counts, as in vLLM. */
export function readEngineArguments(
  args: readonly string[],
): Pick<RequestContext, 'contextTokens' | 'servesTools'> {
  const flag = '--max-model-len';
  const given = args.flatMap((arg, index) => {
    if (arg === flag) return [args[index + 1]];
    return arg.startsWith(`${flag}=`) ? [arg.slice(flag.length + 1)] : [];
  });
  const contextTokens = Number(given.at(-1));
  return {
    // "auto" and "16k" are left to vLLM.
    contextTokens: Number.isInteger(contextTokens) && contextTokens > 0 ? contextTokens : undefined,
    servesTools: args.includes('--enable-auto-tool-choice'),
  };
}
