import { compareMetrics } from '../compare-metrics.ts';
import { readRecordedFile } from '../recording.ts';
import { compareFacts, type Replay, requestOf } from './replay.ts';

/** The paths of the API's own description; the schemas are not simulated (005). */
const openApi: Replay = {
  async run(recording, target) {
    const answer = await target.send(requestOf(recording));
    const { openapi, info, paths } = JSON.parse(answer.text);
    const methods = Object.entries<object>(paths).map(([path, operations]) => [
      path,
      Object.keys(operations)
        .map((method) => method.toUpperCase())
        .join(' '),
    ]);
    return [
      ...target.compare(recording.response, answer),
      ...compareFacts(recording.observed, { openapi, info, paths: Object.fromEntries(methods) }),
    ];
  },
};

/** Before and after traffic: the HTTP counters appear with the first request (006, 022). */
function metrics(requests: number): Replay {
  return {
    async run(recording, target) {
      const { bodyFile = '', ...response } = recording.response;
      const body = { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 1 };
      for (let sent = 0; sent < requests; sent++) {
        await target.send({ method: 'POST', path: '/v1/chat/completions', body });
      }
      const answer = await target.send(requestOf(recording));
      const recorded = readRecordedFile(bodyFile).toString();
      return [
        ...target.compare(response, answer),
        ...compareMetrics(recorded, answer.text, { all: target.live }),
      ];
    },
  };
}

/** Needs the key or not, whatever there is behind it (605). */
const keyTable: Replay = {
  async run(recording, target) {
    const rows = recording.observed.table as readonly { readonly method: string; readonly path: string }[];
    const table: object[] = [];
    for (const { method, path } of rows) {
      const body = KEY_TABLE_BODIES[path] ?? {};
      const answer = await target.send({
        method,
        path,
        ...(method === 'POST' && path !== '/ping' ? { body } : {}),
      });
      table.push({ method, path, withoutKey: answer.status, needsKey: answer.status === 401 });
    }
    return compareFacts(recording.observed, { table });
  },
};

/** As the recorder sent them. */
const KEY_TABLE_BODIES: Readonly<Record<string, object>> = {
  '/tokenize': { prompt: 'Hi' },
  '/detokenize': { tokens: [1, 2] },
  '/invocations': { messages: [{ role: 'user', content: 'Say hello.' }], max_tokens: 1 },
};

export const OPS_REPLAYS: Readonly<Record<string, Replay>> = {
  '005-openapi': openApi,
  '006-metrics': metrics(0),
  '022-metrics-after': metrics(1),
  '605-key-table': keyTable,
};
