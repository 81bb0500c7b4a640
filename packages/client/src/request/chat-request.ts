import type { ConstraintFields } from './constraint-fields.ts';
import type { ChatMessage } from './messages.ts';
import type { OutputFields } from './output-fields.ts';
import type { RefusedFields } from './refused-fields.ts';
import type { SamplingFields } from './sampling-fields.ts';
import type { ServingFields } from './serving-fields.ts';
import type { ToolFields } from './tools.ts';

/**
 * OpenAI's fields and vLLM's own, by their names on the wire. A field that the server would ignore or refuse does not
 * compile, and is an `InvalidRequestError` at run time that says what to use instead. For fields of a newer server there
 * is `unchecked` of the call's options.
 *
 * The type parameters are inferred from `logprobs` and `return_token_ids`; the answer has them where they are `true`.
 */
export interface ChatRequest<Logprobs extends boolean = boolean, TokenIds extends boolean = boolean>
  extends SamplingFields,
    OutputFields<Logprobs, TokenIds>,
    ConstraintFields,
    ToolFields,
    ServingFields,
    RefusedFields {
  /** The conversation; at least one message. */
  readonly messages: readonly ChatMessage[];
}
