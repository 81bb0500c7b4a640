interface Constraints {
  /** JSON that fits this JSON Schema. */
  readonly json: object;
  /** Any JSON object. */
  readonly json_object: true;
  /** A text that the regular expression matches from begin to end. */
  readonly regex: string;
  /** One of these texts. */
  readonly choice: readonly string[];
  /** A text of this context-free grammar, in EBNF. */
  readonly grammar: string;
}

type OneOf<Fields> = {
  [Kind in keyof Fields]: Pick<Fields, Kind> & { readonly [Other in Exclude<keyof Fields, Kind>]?: never };
}[keyof Fields];

/**
 * Exactly one way of constraining the answer; two are refused by the server (recording 137). vLLM's
 * `structured_outputs`, which replaced `guided_*` in 0.12.
 */
export type StructuredOutputs = OneOf<Constraints> & {
  /** No white space between the tokens of JSON: a model in doubt may write it until `max_tokens`. @default false */
  readonly disable_any_whitespace?: boolean;
};

/** OpenAI's way of constraining the answer. `chat.parse` makes one from a schema and checks the answer too. */
export type ResponseFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        /** JSON Schema. */
        readonly schema?: object;
        readonly strict?: boolean;
      };
    };

/** What the answer must look like. A constrained answer that reaches `max_tokens` is cut, and then fits nothing. */
export interface ConstraintFields {
  /** @default - any text */
  readonly response_format?: ResponseFormat;
  /** vLLM's own. @default - any text */
  readonly structured_outputs?: StructuredOutputs;
}
