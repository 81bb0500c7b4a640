/** A function that the model may ask for. */
export interface Tool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    /** What it does and when to use it: all that the model knows of it. */
    readonly description?: string;
    /** JSON Schema of the arguments. @default - no arguments */
    readonly parameters?: object;
    readonly strict?: boolean;
  };
}

/** A function that the model asks for. */
export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    /** JSON text as the model wrote it: parse it with care, it need not fit the schema. */
    readonly arguments: string;
  };
}

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } };

/**
 * Tools work where vLLM runs with `--enable-auto-tool-choice --tool-call-parser mistral`. Without a parser it answers
 * with text, as if `tools` were a part of the prompt, even for `tool_choice: "required"` (recordings 128, 129).
 */
export interface ToolFields {
  /** @default - none */
  readonly tools?: readonly Tool[];
  /** An answer without a call to "required" or to a named function is thrown as an error. @default 'auto' with tools */
  readonly tool_choice?: ToolChoice;
  /** Whether one answer may hold several calls. @default true */
  readonly parallel_tool_calls?: boolean;
}
