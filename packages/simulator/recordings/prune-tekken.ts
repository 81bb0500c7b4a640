// Makes recordings/tekken.json: only the vocabulary that can occur in the recorded texts, with its ranks, so that those
// texts get exactly the real tokens.
//
//   node recordings/prune-tekken.ts path/to/mistral_common/data/tekken_240911.json
//
// The whole file is part of the PyPI package mistral_common (Apache-2.0).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node prune-tekken.ts TEKKEN_JSON');
  process.exit(2);
}
const folder = join(import.meta.dirname, '0.32.0');
const texts = new Set<string>();
for (const name of readdirSync(folder).filter((file) => /^\d.*\.json$/.test(file))) {
  const { request, response } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  collect(request);
  const messages: readonly { content?: unknown }[] = Array.isArray(request?.body?.messages) ? request.body.messages : [];
  collect(messages.map(({ content }) => content).join('\n\n'));
  // Of /detokenize.
  collect(response?.body?.prompt);
}
/** What the simulated model says, and what stands between a template's parts. */
for (const text of ['This is a simulated answer to a text. There is no picture. \n\n', '{"name": "", "ok": true}']) {
  texts.add(text);
}
// The bytes of recording 409's tokens and every single byte stay too: they are ranks below 256.
const whole = [...texts].map((text) => Buffer.from(text).toString('latin1')).join('\0');
const file = JSON.parse(readFileSync(source, 'utf8'));
const vocab = file.vocab
  .filter(({ rank, token_bytes }: { rank: number; token_bytes: string }) => {
    const token = Buffer.from(token_bytes, 'base64').toString('latin1');
    return rank < 256 || whole.includes(token);
  })
  .map(({ rank, token_bytes }: { rank: number; token_bytes: string }) => ({ rank, token_bytes }));
const { pattern, default_vocab_size, default_num_special_tokens, version } = file.config;
const config = { pattern, default_vocab_size, default_num_special_tokens, version };
const notice =
  'A part of tekken_240911.json of mistral_common, Copyright Mistral AI, Apache License 2.0: the entries that occur in the recorded texts. Made by prune-tekken.ts.';
const rows = vocab.map((entry: object) => JSON.stringify(entry)).join(',\n');
writeFileSync(
  join(import.meta.dirname, 'tekken.json'),
  `{"notice": ${JSON.stringify(notice)},\n"config": ${JSON.stringify(config)},\n"vocab": [\n${rows}\n]}\n`,
);
console.log(`${vocab.length} of ${file.vocab.length} entries`);

/** All texts of a request, with repeated ones twice so that the seam is there. */
function collect(value: unknown): void {
  if (typeof value === 'string') texts.add(value);
  else if (Array.isArray(value)) value.forEach(collect);
  else if (typeof value === 'object' && value !== null) {
    if ('$repeat' in value) texts.add(String(value.$repeat).repeat(2));
    texts.add(pythonJson(value));
    for (const [key, item] of Object.entries(value)) {
      texts.add(key);
      collect(item);
    }
  }
}

/** As Python's `json.dumps` writes it: tools come so into the prompt. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`);
  return `{${items.join(', ')}}`;
}
