declare const refused: unique symbol;

/** The type of a field that must not be given; the reason stands in the compiler's message. */
export interface Refused<Reason extends string> {
  readonly [refused]: Reason;
}

/** Fields of other servers, older versions and other libraries, and what to do instead. */
export const REFUSED_FIELDS = {
  guided_json: 'removed from vLLM and ignored there: use structured_outputs: {json: …} or chat.parse',
  guided_regex: 'removed from vLLM and ignored there: use structured_outputs: {regex: …}',
  guided_choice: 'removed from vLLM and ignored there: use structured_outputs: {choice: […]}',
  guided_grammar: 'removed from vLLM and ignored there: use structured_outputs: {grammar: …}',
  guided_decoding_backend: 'removed from vLLM and ignored there: the server chooses the backend',
  guided_whitespace_pattern:
    'removed from vLLM and ignored there: use structured_outputs: {json: …, disable_any_whitespace: true}',
  extra_body: 'ignored by the server: put its fields at the top level of the request',
  media_io_kwargs: 'refused by the server: flatten pictures with imagePart(…, {prepare: {background}})',
  chat_template: 'refused by the server: templates are the server’s',
  chat_template_kwargs: 'refused by the server: templates are the server’s',
  documents: 'ignored by the server: write the documents into a message',
  prompt_embeds: 'refused by the server: send text',
  logit_bias: 'refused by a fleet: use allowed_token_ids or bad_words',
  best_of: 'removed from vLLM and ignored there: use n or use_beam_search',
  functions: 'ignored by the server: use tools',
  function_call: 'ignored by the server: use tool_choice',
  stream: 'chosen by the method: call chat.stream for events, chat.create for a whole answer',
  stream_options: 'set by this client: every stream ends with usage',
  return_prompt_text: 'ignored by the server: use return_token_ids for the prompt’s tokens',
  user: 'ignored by the server: to find a request again send the header X-Request-Id',
  store: 'ignored by the server: it stores nothing',
  metadata: 'ignored by the server: keep it beside the answer',
  service_tier: 'ignored by the server: there are no tiers',
  reasoning_effort: 'ignored by this model: it does not reason before it answers',
} as const;

/** Each refused field, so that giving it does not compile. */
export type RefusedFields = {
  readonly [Field in keyof typeof REFUSED_FIELDS]?: Refused<(typeof REFUSED_FIELDS)[Field]>;
};
