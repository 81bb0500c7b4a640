/** A request that the schema refuses, and what its sender is told. The page `docs/errors.md` is made of these. */
export interface RefusedRequest {
  /** Fields beside `model` and `messages`, or instead of them. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly param: string | null;
  readonly message: string;
  /** @default 400 */
  readonly status?: number;
  /** Of the model server. @default [] - as the fleet starts it */
  readonly engineArgs?: readonly string[];
}

const NO_PARSER =
  'is not accepted: this server reads no tool calls, and would ignore it while the prompt is charged for it; it takes --enable-auto-tool-choice and --tool-call-parser among the engine arguments';
const TOOLS = ['--enable-auto-tool-choice', '--tool-call-parser', 'mistral'];
const schema = (value: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: value } },
});
const SCHEMA = 'response_format.json_schema.schema';
const tool = (value: object) => ({ tools: [value] });

/** One value that is out of bounds. */
function outside(field: string, value: unknown, message: string, param: string = field): RefusedRequest {
  return { change: { [field]: value }, param, message: `"${param}" ${message}` };
}

/** A field that is refused whatever it holds. */
function never(field: string, reason: string): RefusedRequest {
  return outside(field, 'x', `is not accepted: ${reason}`);
}

/** A field that may only say what is the default anyway. */
function onlyDefault(field: string, value: unknown, expected: string, reason: string): RefusedRequest {
  return outside(field, value, `must be ${expected}, got ${JSON.stringify(value)}: ${reason}`);
}

const NO_EFFECT = 'it has no effect on this model';
const RENDER_ONLY = 'it belongs to the render endpoints, which this server does not have';
const PROMPT_IS_FIXED = 'the prompt is built from "messages" alone';
const ONE_MACHINE = 'it belongs to servers that share their work, which this one does not';
const CUT = 'a prompt that is cut loses pictures without a word; send less';
const IGNORED = 'removed from vLLM and ignored there; use';

/** Fields at the top of a request. */
export const REFUSED_FIELDS: readonly RefusedRequest[] = [
  {
    change: { temprature: 1 },
    param: 'temprature',
    message: '"temprature" is not a field of a chat completion request; the model server would ignore it',
  },
  { change: { model: 'gpt' }, param: 'model', message: 'The model `gpt` does not exist.', status: 404 },
  outside('model', 1, 'must be a string, got 1'),
  outside('n', 5, 'must be a whole number from 1 to 4, got 5'),
  {
    change: { n: 2, temperature: 0 },
    param: 'n',
    message: '"n" must be 1 where "temperature" is 0, got 2: all answers would be the same',
  },
  outside('max_tokens', 0, 'must be a whole number from 1 to 16384, got 0'),
  outside('max_completion_tokens', 20_000, 'must be a whole number from 1 to 16384, got 20000'),
  outside('min_tokens', -1, 'must be a whole number from 0 to 16384, got -1'),
  {
    change: { min_tokens: 9, max_tokens: 8 },
    param: 'min_tokens',
    message: '"min_tokens" must be at most the longest answer of 8 tokens, got 9',
  },
  outside('stop', ['a', 'b', 'c', 'd', 'e'], 'must have 0 to 4 entries, got 5'),
  outside('stop', [''], 'must be a string of 1 to 128 characters, got ""', 'stop[0]'),
  outside(
    'stop_token_ids',
    [131_072],
    'must be a whole number from 0 to 131071, got 131072',
    'stop_token_ids[0]',
  ),
  outside('include_stop_str_in_output', null, 'must be true or false, got null'),
  outside('ignore_eos', 1, 'must be true or false, got 1'),
  outside('temperature', 3, 'must be a number from 0 to 2, got 3'),
  outside('temperature', 'NaN', 'must be a number from 0 to 2, got "NaN"'),
  outside('top_p', 0, 'must be a number above 0 and up to 1, got 0'),
  outside('top_k', -2, 'must be a whole number from -1 to 131072, got -2'),
  outside('min_p', 2, 'must be a number from 0 to 1, got 2'),
  outside('presence_penalty', 3, 'must be a number from -2 to 2, got 3'),
  outside('frequency_penalty', -3, 'must be a number from -2 to 2, got -3'),
  outside('repetition_penalty', 0, 'must be a number above 0 and up to 2, got 0'),
  outside('seed', 0.5, 'must be a whole number from -9007199254740991 to 9007199254740991, got 0.5'),
  outside('bad_words', [''], 'must be a string of 1 to 64 characters, got ""', 'bad_words[0]'),
  outside('allowed_token_ids', [], 'must have 1 to 1024 entries, got 0'),
  outside(
    'repetition_detection',
    { max_pattern_size: 1_000 },
    'must be a whole number from 0 to 256, got 1000',
    'repetition_detection.max_pattern_size',
  ),
  never('logit_bias', 'a wrong token id poisons the GPU for all later requests'),
  onlyDefault('use_beam_search', true, 'false', 'a beam multiplies the work of a request without a bound'),
  onlyDefault('length_penalty', 2, '1', 'it belongs to beam search'),
  never('thinking_token_budget', NO_EFFECT),
  never('watermarking', NO_EFFECT),
  outside('stream', 'yes', 'must be true or false, got "yes"'),
  outside(
    'stream_options',
    { include_usage: true },
    'belongs to streams: set "stream" to true or leave it out',
  ),
  {
    change: { stream: true, stream_options: { usage: true } },
    param: 'stream_options.usage',
    message:
      '"stream_options.usage" is not a field of "stream_options"; known are include_usage, continuous_usage_stats',
  },
  outside('stream_interval', 0, 'must be a whole number from 1 to 64, got 0'),
  outside('logprobs', 5, 'must be true or false, got 5'),
  outside('top_logprobs', 21, 'must be a whole number from 0 to 20, got 21'),
  outside('top_logprobs', 5, 'needs "logprobs" to be true'),
  outside(
    'logprob_token_ids',
    [-1],
    'must be a whole number from 0 to 131071, got -1',
    'logprob_token_ids[0]',
  ),
  outside('skip_special_tokens', 'no', 'must be true or false, got "no"'),
  outside('spaces_between_special_tokens', 0, 'must be true or false, got 0'),
  outside('return_tokens_as_token_ids', 1, 'must be true or false, got 1'),
  outside('return_token_ids', 1, 'must be true or false, got 1'),
  outside('return_prompt_text', 1, 'must be true or false, got 1'),
  never(
    'prompt_logprobs',
    'it scores every token of the vocabulary for every token of the prompt, gigabytes of it',
  ),
  onlyDefault('include_reasoning', false, 'true', NO_EFFECT),
  never('reasoning_effort', NO_EFFECT),
  never('return_token_offsets', RENDER_ONLY),
  never('mm_payload', RENDER_ONLY),
  never('return_mm_kwargs', RENDER_ONLY),
  onlyDefault('routed_experts_prompt_start', 1, '0', NO_EFFECT),
  onlyDefault('echo', true, 'false', 'the prompt is known to the sender'),
  onlyDefault('add_generation_prompt', false, 'true', PROMPT_IS_FIXED),
  onlyDefault('continue_final_message', true, 'false', PROMPT_IS_FIXED),
  onlyDefault('add_special_tokens', true, 'false', PROMPT_IS_FIXED),
  never('documents', PROMPT_IS_FIXED),
  never('chat_template', 'templates run on the server, which chooses its own'),
  never('chat_template_kwargs', 'templates run on the server, which chooses its own'),
  never('truncate_prompt_tokens', CUT),
  never('truncation_side', CUT),
  never('media_io_kwargs', 'the server decides how pictures are read'),
  never('mm_processor_kwargs', 'the server decides how pictures are read'),
  outside('user', 'x'.repeat(257), 'must be a string of 0 to 256 characters, got 257'),
  never('session_id', ONE_MACHINE),
  never('request_id', 'send it as the header X-Request-Id'),
  outside('cache_salt', '', 'must be a string of 1 to 128 characters, got ""'),
  onlyDefault('priority', 1, '0', 'it has no effect on this server'),
  never('kv_transfer_params', ONE_MACHINE),
  never('ec_transfer_params', ONE_MACHINE),
  never('vllm_xargs', 'it reaches extensions of the model server that nobody has bounded'),
  never('prompt_embeds', 'embeddings are not accepted'),
  never('guided_json', `${IGNORED} structured_outputs: {"json": …}`),
  never('guided_regex', `${IGNORED} structured_outputs: {"regex": …}`),
  never('guided_choice', `${IGNORED} structured_outputs: {"choice": […]}`),
  never('guided_grammar', `${IGNORED} structured_outputs: {"grammar": …}`),
  never('extra_body', 'put its fields at the top level'),
  never('functions', `${IGNORED} tools`),
  never('function_call', `${IGNORED} tool_choice`),
  never('audio', 'this model neither hears nor speaks'),
  never('modalities', 'this model answers with text'),
];

/** Constraints of the answer, and tools. */
export const REFUSED_CONSTRAINTS: readonly RefusedRequest[] = [
  outside(
    'response_format',
    { type: 'xml' },
    'must be "text", "json_object" or "json_schema", got "xml"',
    'response_format.type',
  ),
  outside('response_format', { type: 'json_schema' }, 'is missing', 'response_format.json_schema'),
  outside(
    'response_format',
    { type: 'json_schema', json_schema: { schema: {} } },
    'is missing',
    'response_format.json_schema.name',
  ),
  {
    change: schema({ pattern: '(?=a)' }),
    param: `${SCHEMA}.pattern`,
    message: `"${SCHEMA}.pattern" must be a regular expression as RE2 knows them: error parsing regexp: invalid or unsupported Perl syntax: \`(?=\``,
  },
  {
    change: schema({ properties: { const: { pattern: '(a{100}){100}' } } }),
    param: `${SCHEMA}.properties.const.pattern`,
    message: `"${SCHEMA}.properties.const.pattern" must be a regular expression as RE2 knows them: error parsing regexp: invalid repeat count: \`{100}\``,
  },
  {
    change: schema({ $ref: 'http://169.254.169.254/' }),
    param: `${SCHEMA}.$ref`,
    message: `"${SCHEMA}.$ref" must point into the schema itself, such as "#/$defs/name": nothing is fetched`,
  },
  {
    change: schema({ type: 'array', maxItems: 1_000_000 }),
    param: `${SCHEMA}.maxItems`,
    message: `"${SCHEMA}.maxItems" must be a whole number from 0 to 10000, got 1000000`,
  },
  {
    change: schema({ description: 'x'.repeat(3_000) }),
    param: SCHEMA,
    message: `"${SCHEMA}" must have at most 2000 bytes of JSON, got 3018`,
  },
  { change: schema(nested(40)), param: SCHEMA, message: `"${SCHEMA}" must nest at most 32 levels deep` },
  outside(
    'structured_outputs',
    {},
    'must have exactly one of json, regex, choice, grammar, json_object, got none',
  ),
  outside(
    'structured_outputs',
    { regex: 'a', choice: ['b'] },
    'must have exactly one of json, regex, choice, grammar, json_object, got regex and choice',
  ),
  outside('structured_outputs', { json: '{}' }, 'must be an object, got "{}"', 'structured_outputs.json'),
  outside(
    'structured_outputs',
    { json_object: false },
    'must be true, got false: leave it out instead',
    'structured_outputs.json_object',
  ),
  outside(
    'structured_outputs',
    { regex: 'a'.repeat(513) },
    'must have at most 512 characters, got 513',
    'structured_outputs.regex',
  ),
  outside(
    'structured_outputs',
    { regex: 'a\0' },
    'must not hold a NUL character',
    'structured_outputs.regex',
  ),
  outside(
    'structured_outputs',
    { regex: '(a)\\1' },
    'must be a regular expression as RE2 knows them: error parsing regexp: invalid escape sequence: `\\1`',
    'structured_outputs.regex',
  ),
  outside(
    'structured_outputs',
    { choice: [] },
    'must have 1 to 256 entries, got 0',
    'structured_outputs.choice',
  ),
  outside(
    'structured_outputs',
    { grammar: 'root ::= "a"' },
    'is not accepted: a grammar can be made to take the model server any time; use json, regex or choice',
    'structured_outputs.grammar',
  ),
  outside(
    'structured_outputs',
    { structural_tag: '{}' },
    'is not accepted: use json, regex or choice',
    'structured_outputs.structural_tag',
  ),
  outside('tools', [{ type: 'function', function: { name: 'f' } }], NO_PARSER),
  outside(
    'tool_choice',
    'auto',
    `must be "none", got "auto": ${NO_PARSER.slice('is not accepted: '.length)}`,
  ),
  outside('parallel_tool_calls', 1, 'must be true or false, got 1'),
  { ...outside('tool_choice', 'auto', 'needs "tools" to choose from'), engineArgs: TOOLS },
  { ...outside('tools', [], 'must have 1 to 64 entries, got 0'), engineArgs: TOOLS },
  {
    change: tool({ type: 'function', function: {} }),
    param: 'tools[0].function.name',
    message: '"tools[0].function.name" is missing',
    engineArgs: TOOLS,
  },
];

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const AT = 'messages[0]';

/** What stands in `messages`, but for the pictures themselves. */
export const REFUSED_MESSAGES: readonly RefusedRequest[] = [
  outside('messages', [], 'must be a list with at least one message, got an empty list'),
  outside('messages', 'Hi', 'must be a list with at least one message, got "Hi"'),
  {
    change: { messages: Array(65).fill({ role: 'user', content: 'a' }) },
    param: 'messages',
    message: '"messages" must have at most 64 entries, got 65',
  },
  outside('messages', ['Hi'], 'must be an object, got "Hi"', AT),
  outside(
    'messages',
    [{ content: 'Hi' }],
    'must be "system", "developer", "user" or "assistant", got nothing',
    `${AT}.role`,
  ),
  outside(
    'messages',
    [{ role: 'tool', content: 'Hi' }],
    'must be "system", "developer", "user" or "assistant", got "tool"',
    `${AT}.role`,
  ),
  {
    ...outside('messages', [{ role: 'tool', content: 'Hi' }], 'is missing', `${AT}.tool_call_id`),
    engineArgs: TOOLS,
  },
  outside('messages', [{ role: 'user' }], 'is missing', `${AT}.content`),
  outside(
    'messages',
    [{ role: 'user', content: 1 }],
    'must be a string or a list of parts, got 1',
    `${AT}.content`,
  ),
  outside('messages', [{ role: 'user', content: [] }], 'must have 1 to 256 parts, got 0', `${AT}.content`),
  outside(
    'messages',
    [{ role: 'user', content: 'Hi', tools: [] }],
    'is not a field of a message of role "user"',
    `${AT}.tools`,
  ),
  outside(
    'messages',
    [{ role: 'assistant', content: 'Hi', tool_calls: [{}] }],
    'is not accepted: only null, got a list',
    `${AT}.tool_calls`,
  ),
  {
    change: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Well' },
      ],
    },
    param: 'messages[1].role',
    message: '"messages[1].role" must not be "assistant" in the last message: nothing is asked',
  },
  {
    change: user([{ type: 'video_url', video_url: { url: 'http://x' } }]),
    param: `${AT}.content[0].type`,
    message: `"${AT}.content[0].type" must be "text" or "image_url", got "video_url"`,
  },
  {
    change: user([{ type: 'input_audio', input_audio: {} }]),
    param: `${AT}.content[0].type`,
    message: `"${AT}.content[0].type" must be "text" or "image_url", got "input_audio"`,
  },
  {
    change: user([{ type: 'text', text: 'a', image_url: {} }]),
    param: `${AT}.content[0].image_url`,
    message: `"${AT}.content[0].image_url" is not a field of a part of type "text"`,
  },
  {
    change: user([{ type: 'text' }]),
    param: `${AT}.content[0].text`,
    message: `"${AT}.content[0].text" must be a string, got nothing`,
  },
  {
    change: user('What does [IMG_BREAK] mean?'),
    param: `${AT}.content`,
    message: `"${AT}.content" must not spell the model's picture token "[IMG_BREAK]": write it otherwise, such as "(IMG)"`,
  },
  {
    change: user('x'.repeat(20_001)),
    param: 'messages',
    message: '"messages" must have at most 20000 bytes of text in all',
  },
  {
    change: user([{ type: 'image_url', image_url: 'data:' }]),
    param: `${AT}.content[0].image_url`,
    message: `"${AT}.content[0].image_url" must be an object, got "data:"`,
  },
  {
    change: user([{ type: 'image_url', image_url: {} }]),
    param: `${AT}.content[0].image_url.url`,
    message: `"${AT}.content[0].image_url.url" must be a string, got nothing`,
  },
  {
    change: user([{ type: 'image_url', image_url: { url: 'data:', detail: 'best' } }]),
    param: `${AT}.content[0].image_url.detail`,
    message: `"${AT}.content[0].image_url.detail" must be "auto", "low", "high" or "original", got "best"`,
  },
  {
    change: user([{ type: 'image_url', image_url: { url: 'data:' }, uuid: 'a' }]),
    param: `${AT}.content[0].uuid`,
    message: `"${AT}.content[0].uuid" is not accepted: pictures are told apart by their content, never by a name`,
  },
  {
    change: { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] },
    param: `${AT}.content[0].image_url`,
    message: `"${AT}.content[0].image_url" must be in a message of role "user", got "system"`,
  },
];

function nested(levels: number): object {
  return levels === 0 ? {} : { not: nested(levels - 1) };
}
