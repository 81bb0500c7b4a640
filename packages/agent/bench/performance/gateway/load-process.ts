import { Agent, request } from 'node:http';
import { openStreams, type StreamDelays } from './open-streams.ts';

// Asks one server at a time, as its parent tells it.

export type Address = { readonly port: number } | { readonly socketPath: string };

export type LoadOrder =
  | {
      readonly kind: 'requests';
      readonly address: Address;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly warmUp: number;
      readonly count: number;
    }
  | {
      readonly kind: 'streams';
      readonly address: Address;
      readonly headers: Readonly<Record<string, string>>;
      readonly streams: number;
      readonly tokens: number;
    };

export type LoadReport =
  | { readonly kind: 'requests'; readonly p50Ms: number }
  | ({ readonly kind: 'streams' } & StreamDelays)
  | { readonly kind: 'failed'; readonly message: string };

process.once('disconnect', () => process.exit());
process.on('message', (order: LoadOrder) => {
  carryOut(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ kind: 'failed', message: String(error) } satisfies LoadReport),
  );
});

async function carryOut(order: LoadOrder): Promise<LoadReport> {
  if (order.kind === 'streams') return { kind: 'streams', ...(await openStreams(order)) };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.from(order.body);
  const times: number[] = [];
  for (let index = -order.warmUp; index < order.count; index++) {
    const beganAt = performance.now();
    await ask(order, body, agent);
    if (index >= 0) times.push(performance.now() - beganAt);
  }
  agent.destroy();
  return { kind: 'requests', p50Ms: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0 };
}

function ask(
  { address, headers }: Pick<LoadOrder, 'address' | 'headers'>,
  body: Buffer,
  agent: Agent,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...('port' in address ? { host: '127.0.0.1', port: address.port } : address),
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
        agent,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => {
          if (response.statusCode === 200 && text.includes('"Hello."')) resolve();
          else reject(new Error(`answered ${response.statusCode}: ${text.slice(0, 300)}`));
        });
      },
    );
    sent.once('error', reject).end(body);
  });
}
