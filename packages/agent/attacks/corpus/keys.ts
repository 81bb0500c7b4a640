import { type Attack, fails, notRun, refuse, type Sighting, WORKS } from '../attack.ts';
import type { Answer, Target } from '../lab/target.ts';
import { chatBody } from '../lab/target.ts';
import { watchAcceptance } from '../sightings.ts';

const NO_KEY = { authorization: '' };

const MODELS = '"object":"list"';

/** Whether the list of models is answered to somebody without a key. */
async function askModels(target: Target, heads: readonly string[]): Promise<Sighting> {
  const answers: Answer[] = [];
  const open: string[] = [];
  for (const head of heads) {
    const { last } = await target.raw(`GET ${head}\r\nconnection: close\r\n\r\n`);
    answers.push(last);
    if (last.text.includes(MODELS)) open.push(head.split('\r\n')[0] ?? '');
  }
  return { answers, harm: open.length === 0 ? undefined : `answered without a key: ${open.join(', ')}` };
}

const path = (target: string) => `${target} HTTP/1.1\r\nhost: fleet`;
const host = (name: string) => `/v1/models HTTP/1.1\r\nhost: ${name}`;

interface Endpoint {
  readonly path: string;
  /** @default - a GET */
  readonly body?: object;
}

/** Asks each without a key. @returns what is not simply unknown or closed */
async function askEndpoints(target: Target, endpoints: readonly Endpoint[]): Promise<Sighting> {
  const answers: Answer[] = [];
  const open: string[] = [];
  for (const { path: at, body } of endpoints) {
    const answer = await target.ask(at, {
      headers: NO_KEY,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    answers.push(answer);
    if (![401, 403, 404, 405].includes(answer.status)) open.push(`${at} ${answer.status}`);
  }
  return { answers, harm: open.length === 0 ? undefined : `answered without a key: ${open.join(', ')}` };
}

const post = (at: string, body: object = {}): Endpoint => ({ path: at, body });
const get = (at: string): Endpoint => ({ path: at });
const UNKNOWN = refuse(404, 'there is no ');

export const KEY_ATTACKS: readonly Attack[] = [
  {
    id: 'absolute-form',
    group: 'keys',
    sends: 'the absolute form `GET http://fleet/v1/models`, without a key',
    bare: {
      simulator: fails('it takes the path out of it'),
      vllm: fails('uvicorn takes the path out of it'),
    },
    defence: refuse(400, 'the request target must be a path such as /v1/models'),
    run: (target) => askModels(target, [path('http://fleet/v1/models'), path('https://x/v1/models')]),
  },
  {
    id: 'odd-paths',
    group: 'keys',
    sends:
      '`/%761/models`, `//v1/models`, `/x/../v1/models`, `/V1/models`, `/v1;a/models`, `/\\v1/models`, without a key',
    bare: {
      simulator: fails('no such path, or asked for a key'),
      vllm: fails('no such path, or asked for a key'),
    },
    defence: UNKNOWN,
    run: (target) =>
      askModels(
        target,
        ['/%761/models', '//v1/models', '/x/../v1/models', '/V1/models', '/v1;a/models', '/\\v1/models'].map(
          path,
        ),
      ),
  },
  {
    id: 'host-with-path',
    group: 'keys',
    sends: 'a `Host` with `/`, `?` or `#`, so that the path that is checked is another one',
    advisories: [{ id: 'CVE-2026-48746, GHSA-94f4-hr76-p5j6', affected: '≥ 0.3.0, < 0.22.0' }],
    bare: { simulator: fails('the path comes from the request line'), vllm: fails('fixed in 0.22.0') },
    defence: refuse(400, 'the Host header must be a host'),
    run: (target) => askModels(target, ['fleet/health?', 'fleet?', 'fleet#', 'a@b/..'].map(host)),
  },
  {
    id: 'wrong-keys',
    group: 'keys',
    sends: 'keys that begin like the right one, have one more character, or differ in case',
    advisories: [{ id: 'CVE-2025-59425', affected: '< 0.11.0' }],
    bare: {
      simulator: notRun('what it was about is the time of a comparison, nanoseconds'),
      vllm: notRun('what it was about is the time of a comparison, nanoseconds; constant since 0.11.0'),
    },
    defence: refuse(401, 'the API key is missing or wrong'),
    async run(target) {
      const { key } = target;
      const keys = [key.slice(0, -1), `${key}x`, key.toUpperCase(), `${key} `.repeat(2), ''];
      const answers: Answer[] = [];
      for (const each of keys) {
        answers.push(await target.ask('/v1/models', { headers: { authorization: `Bearer ${each}` } }));
      }
      const isOpen = answers.some(({ status }) => status === 200);
      return { answers, harm: isOpen ? 'a wrong key was taken' : undefined };
    },
  },
  {
    id: 'invocations',
    group: 'keys',
    sends: 'a chat to `/invocations`, without a key',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: UNKNOWN,
    run: (target) =>
      watchAcceptance(
        () => target.ask('/invocations', { headers: NO_KEY, body: JSON.stringify(chatBody({})) }),
        'a whole chat answer without a key',
      ),
  },
  {
    id: 'tokenizers',
    group: 'keys',
    sends: '`/tokenize` and `/detokenize`, without a key',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: UNKNOWN,
    run: (target) =>
      askEndpoints(target, [post('/tokenize', { prompt: 'Hi' }), post('/detokenize', { tokens: [5] })]),
  },
  {
    id: 'telling-endpoints',
    group: 'keys',
    sends: '`/metrics`, `/docs`, `/openapi.json`, `/version`, `/load`, without a key',
    bare: { simulator: WORKS, vllm: WORKS },
    defence: UNKNOWN,
    run: (target) =>
      askEndpoints(target, ['/metrics', '/docs', '/openapi.json', '/version', '/load'].map(get)),
  },
  {
    id: 'scoring-and-scaling',
    group: 'keys',
    sends: '`/generative_scoring`, `/score`, `/pooling`, `/scale_elastic_ep`, without a key',
    bare: {
      simulator: WORKS,
      vllm: WORKS,
    },
    defence: UNKNOWN,
    run: (target) =>
      askEndpoints(
        target,
        ['/generative_scoring', '/score', '/pooling', '/scale_elastic_ep'].map((at) => post(at)),
      ),
  },
  {
    id: 'development-endpoints',
    group: 'keys',
    sends:
      '`/collective_rpc`, `/sleep`, `/pause`, `/abort_requests`, `/update_weights`, `/reset_prefix_cache`, `/server_info`',
    bare: {
      simulator: fails('they are there with `VLLM_SERVER_DEV_MODE=1` alone'),
      vllm: fails('they are there with `VLLM_SERVER_DEV_MODE=1` alone'),
    },
    defence: UNKNOWN,
    run: (target) =>
      askEndpoints(target, [
        ...['/collective_rpc', '/sleep', '/pause', '/resume', '/abort_requests'].map((at) => post(at)),
        ...['/update_weights', '/init_weight_transfer_engine', '/reset_prefix_cache'].map((at) => post(at)),
        get('/server_info'),
      ]),
  },
  {
    id: 'lora-adapters',
    group: 'keys',
    sends: '`/v1/load_lora_adapter` with a path of the server, with a key',
    bare: {
      simulator: fails('it is there with `VLLM_ALLOW_RUNTIME_LORA_UPDATING` alone'),
      vllm: fails('it is there with `VLLM_ALLOW_RUNTIME_LORA_UPDATING` alone'),
    },
    defence: UNKNOWN,
    run: (target) =>
      watchAcceptance(
        () =>
          target.ask('/v1/load_lora_adapter', {
            body: JSON.stringify({ lora_name: 'a', lora_path: '/etc' }),
          }),
        'an adapter was loaded from there',
      ),
  },
  {
    id: 'other-apis',
    group: 'keys',
    sends: 'the same question to `/v1/completions`, `/v1/responses` and `/v1/messages`, with a key',
    bare: { simulator: fails('it has no such endpoints'), vllm: WORKS },
    defence: UNKNOWN,
    run: (target) =>
      watchAcceptance(async () => {
        const { messages } = chatBody({}) as { messages: object[] };
        const bodies: Readonly<Record<string, object>> = {
          '/v1/completions': { prompt: 'Hi', max_tokens: 2 },
          '/v1/responses': { input: 'Hi', max_output_tokens: 2 },
          '/v1/messages': { messages, max_tokens: 2 },
        };
        const answers: Answer[] = [];
        for (const [at, body] of Object.entries(bodies)) {
          answers.push(await target.ask(at, { body: JSON.stringify({ model: 'pixtral-12b', ...body }) }));
        }
        return answers;
      }, 'answered by other rules than a chat'),
  },
];
