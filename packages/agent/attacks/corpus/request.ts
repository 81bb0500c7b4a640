import { type Advisory, type Attack, type Expectation, fails, notRun, refuse, WORKS } from '../attack.ts';
import { CHAT_PATH, chatBody, withParts } from '../lab/target.ts';
import { watchAcceptance, watchFailures, watchOthers } from '../sightings.ts';

interface Fields {
  readonly id: string;
  readonly sends: string;
  readonly advisories?: readonly Advisory[];
  readonly vllm: Expectation;
  readonly simulator?: Expectation;
  /** What it means when the engine takes it. */
  readonly harm: string;
  /** Part of the gateway's message. */
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The whole body, where it is no plain JSON. */
  readonly body?: () => string;
}

/** A chat completion with `@` in place of something that JSON.stringify would not write. */
const written = (field: string, text: string) =>
  JSON.stringify(chatBody({ [field]: '@' })).replace('"@"', () => text);
const NO_EMBEDS = fails('it needs `--enable-mm-embeds`');
const TENSORS: readonly Advisory[] = [
  { id: 'CVE-2025-62372', affected: '≥ 0.5.5, < 0.11.1' },
  { id: 'CVE-2026-55514', affected: '≥ 0.12.0, < 0.24.0' },
];
const PROMPT_TENSORS: readonly Advisory[] = [
  { id: 'CVE-2025-62164', affected: '≥ 0.10.2, < 0.11.1' },
  { id: 'CVE-2026-56340', affected: '< 0.13.0' },
];
const PART = '"messages[0].content[0].type" must be "text" or "image_url"';

const FIELDS: readonly Fields[] = [
  {
    id: 'logit-bias',
    sends: 'a `logit_bias` for a token that the vocabulary has not',
    advisories: [{ id: 'vllm#16529', affected: 'a wrong id poisoned the CUDA context' }],
    vllm: fails('checked against the vocabulary'),
    harm: 'taken',
    message: '"logit_bias" is not accepted',
    fields: { logit_bias: { '999999': 50 } },
  },
  {
    id: 'not-a-number',
    sends: '`"temperature": NaN`, which Python’s JSON takes',
    advisories: [{ id: 'CVE-2026-54235', affected: 'see the advisory' }],
    vllm: fails('must be a finite number'),
    harm: 'it went to the kernels',
    message: 'the body is not valid JSON',
    body: () => written('temperature', 'NaN'),
  },
  {
    id: 'chat-template',
    sends: 'a `chat_template` that counts to a thousand million',
    advisories: [{ id: 'CVE-2025-61620', affected: '≥ 0.5.1, < 0.11.0' }],
    vllm: fails('not taken for Mistral tokenizers'),
    harm: 'the template was run',
    message: '"chat_template" is not accepted',
    fields: { chat_template: '{% for i in range(10**9) %}{% endfor %}' },
  },
  {
    id: 'chat-template-kwargs',
    sends: 'the same in `chat_template_kwargs`',
    advisories: [{ id: 'CVE-2025-62426', affected: '≥ 0.5.5, < 0.11.1' }],
    vllm: fails('not taken for Mistral tokenizers'),
    simulator: notRun('it has no templates'),
    harm: 'the template was run',
    message: '"chat_template_kwargs" is not accepted',
    fields: { chat_template_kwargs: { chat_template: '{% for i in range(10**9) %}{% endfor %}' } },
  },
  {
    id: 'image-embeds',
    sends: 'a part `image_embeds`: a tensor instead of a picture',
    advisories: TENSORS,
    vllm: NO_EMBEDS,
    harm: 'the tensor was read',
    message: PART,
    fields: withParts([{ type: 'image_embeds', image_embeds: 'AAAA' }]),
  },
  {
    id: 'video-url',
    sends: 'a part `video_url`, for the decoder of videos',
    advisories: [{ id: 'CVE-2026-22778, GHSA-4r2x-xpjr-7cvv', affected: '≥ 0.8.3, < 0.14.1' }],
    vllm: fails('Pixtral takes none: refused before it is fetched'),
    harm: 'taken',
    message: PART,
    fields: withParts([{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } }]),
  },
  {
    id: 'input-audio',
    sends: 'a part `input_audio`',
    vllm: fails('Pixtral takes none'),
    harm: 'taken',
    message: PART,
    fields: withParts([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]),
  },
  {
    id: 'picture-tokens',
    sends: 'a text that spells `[IMG]`, `[IMG_BREAK]` and `[IMG_END]`',
    advisories: [
      { id: 'CVE-2026-44222, GHSA-hpv8-x276-m59f', affected: '≥ 0.6.1, < 0.20.0, models with M-RoPE' },
    ],
    vllm: WORKS,
    harm: 'taken; Mistral’s tokenizer makes plain text of it, Hugging Face’s does not',
    message: 'must not spell the model\'s picture token "[IMG]"',
    fields: { messages: [{ role: 'user', content: '[IMG][IMG_BREAK][IMG_END] hi' }] },
  },
  {
    id: 'processor-arguments',
    sends: '`mm_processor_kwargs`, for a picture of 100,000 pixels a side',
    vllm: fails('disabled by default'),
    harm: 'taken',
    message: '"mm_processor_kwargs" is not accepted',
    fields: { mm_processor_kwargs: { size: { longest_edge: 100_000 } } },
  },
  {
    id: 'transfer-parameters',
    sends: '`kv_transfer_params` that name another host',
    vllm: WORKS,
    harm: 'taken without a word',
    message: '"kv_transfer_params" is not accepted',
    fields: { kv_transfer_params: { do_remote_prefill: true, remote_host: '169.254.169.254' } },
  },
  {
    id: 'extension-arguments',
    sends: '`vllm_xargs`, for whatever extension listens',
    vllm: WORKS,
    harm: 'taken without a word',
    message: '"vllm_xargs" is not accepted',
    fields: { vllm_xargs: { anything: 1 } },
  },
  {
    id: 'cut-prompt',
    sends: '`truncate_prompt_tokens: 1`: a prompt whose instructions are cut away',
    vllm: WORKS,
    harm: 'answered without its beginning',
    message: '"truncate_prompt_tokens" is not accepted',
    fields: { truncate_prompt_tokens: 1 },
  },
  {
    id: 'jumped-queue',
    sends: '`priority: -100`',
    vllm: WORKS,
    harm: 'taken without a word',
    message: '"priority" must be 0',
    fields: { priority: -100 },
  },
  {
    id: 'two-keys',
    sends: 'the field `model` twice: the first for who looks first, the last for the engine',
    vllm: WORKS,
    harm: 'the last one counted',
    message: 'the key stands twice',
    body: () => `{"model":"another",${JSON.stringify(chatBody({})).slice(1)}`,
  },
  {
    id: 'half-surrogate',
    sends: 'half of a surrogate pair, which is no text',
    vllm: WORKS,
    harm: 'taken',
    message: 'half of a surrogate pair stands alone',
    body: () => JSON.stringify(chatBody({})).replace('Say hello.', () => '\\ud800'),
  },
  {
    id: 'long-number',
    sends: 'a `seed` of 5,000 digits',
    vllm: fails('Python refuses more than 4,300 digits'),
    simulator: fails('refused'),
    harm: 'taken',
    message: 'a number of 5000 characters',
    body: () => written('seed', '9'.repeat(5_000)),
  },
  {
    id: 'many-values',
    sends: 'a field of a million numbers that nobody knows',
    vllm: WORKS,
    harm: 'all of it was parsed, and ignored',
    message: 'the body holds more than 20000 values',
    body: () => written('x', `[${'0,'.repeat(999_999)}0]`),
  },
];

export const REQUEST_ATTACKS: readonly Attack[] = [
  {
    id: 'many-choices',
    group: 'request',
    sends: '`n: 16384`, 16 tokens each',
    advisories: [
      { id: 'CVE-2026-34756, GHSA-3mwp-wvh9-7528', affected: '< 0.19.0; the default since, 16,384' },
    ],
    bare: { simulator: fails('it writes one answer so often'), vllm: WORKS },
    defence: refuse(400, '"n" must be a whole number from 1 to 4, got 16384'),
    run: (target) => watchOthers(target, () => target.chat({ n: 16_384, max_tokens: 16, ignore_eos: true })),
  },
  {
    id: 'prompt-logprobs',
    group: 'request',
    sends: '`prompt_logprobs: 20` for 6,000 words',
    bare: { simulator: fails('it computes none'), vllm: WORKS },
    defence: refuse(400, '"prompt_logprobs" is not accepted'),
    run: (target) =>
      watchOthers(target, () =>
        target.chat({ prompt_logprobs: 20, messages: [{ role: 'user', content: 'x '.repeat(6_000) }] }),
      ),
  },
  {
    id: 'prompt-embeds',
    group: 'request',
    sends: '`prompt_embeds`: a tensor instead of a text, to `/v1/completions`',
    advisories: PROMPT_TENSORS,
    bare: { simulator: fails('it has no such endpoint'), vllm: fails('it needs `--enable-prompt-embeds`') },
    defence: refuse(404, 'there is no POST /v1/completions here'),
    run: (target) =>
      watchAcceptance(
        () =>
          target.ask('/v1/completions', { body: JSON.stringify({ prompt_embeds: 'AAAA', max_tokens: 2 }) }),
        'the tensor was read',
      ),
  },
  {
    id: 'deep-json',
    group: 'request',
    sends: 'JSON of 100,000 levels',
    bare: { simulator: fails('refused'), vllm: fails('refused: Python’s recursion limit') },
    defence: refuse(400, 'the body nests deeper than 64 levels'),
    run: (target) => watchFailures(() => target.ask(CHAT_PATH, { body: '['.repeat(100_000) })),
  },
  {
    id: 'no-messages',
    group: 'request',
    sends: '`messages: []`, and a message without content',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: refuse(400, '"messages'),
    async run(target) {
      const answers = [
        await target.chat({ messages: [] }),
        await target.chat({ messages: [{ role: 'user' }] }),
      ];
      const isBare = answers.some(({ text }) => /list index out of range|"message":"'content'"/.test(text));
      return { answers, harm: isBare ? 'the words of Python’s own errors' : undefined };
    },
  },
  ...FIELDS.map(
    ({ id, sends, advisories = [], vllm, simulator = vllm, harm, message, fields, body }): Attack => ({
      ...{ id, group: 'request', sends, advisories, bare: { simulator, vllm } },
      defence: refuse(400, message),
      run: (target) =>
        watchAcceptance(
          () => target.ask(CHAT_PATH, { body: body?.() ?? JSON.stringify(chatBody(fields ?? {})) }),
          harm,
        ),
    }),
  ),
];
