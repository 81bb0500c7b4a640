import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareEmulator, startEmulator } from '@pixtral-fleet/rehearsal/emulator';
import { REPOSITORY } from '../../src/repository.ts';

/** An answer that stands in the way of one action, as AWS gives it. */
export interface Obstacle {
  /** Such as `GetServiceQuota`. */
  readonly action: string;
  readonly status: number;
  /** Name of the error, such as `AccessDeniedException`. */
  readonly error: string;
  readonly message: string;
}

/** An emulated AWS behind a proxy of this test, which refuses actions and tells a wrong time when it is asked to. */
export interface DoctorCloud {
  readonly endpointUrl: string;
  obstacles: readonly Obstacle[];
  /** Added to the `Date` of answers, in milliseconds. */
  clockOffsetMs: number;
  close(): Promise<void>;
}

export async function startDoctorCloud(
  environment: Readonly<Record<string, string>> = {},
): Promise<DoctorCloud> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const python = await prepareEmulator({ cacheDirectory: join(REPOSITORY, '.cache') });
  const emulator = await startEmulator({ python, runDirectory: join(folder, 'emulator'), environment });
  const cloud = { obstacles: [] as readonly Obstacle[], clockOffsetMs: 0 };
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      outgoing.setHeader('date', new Date(Date.now() + cloud.clockOffsetMs).toUTCString());
      const obstacle = cloud.obstacles.find(({ action }) => action === actionOf(incoming, body));
      if (obstacle) {
        const { type, text } = render(obstacle, incoming);
        outgoing.writeHead(obstacle.status, { 'content-type': type }).end(text);
        return;
      }
      const forwarded = httpRequest(
        new URL(incoming.url ?? '/', emulator.endpointUrl),
        { method: incoming.method ?? 'GET', headers: incoming.headers },
        (answer) => {
          const { date: _, ...headers } = answer.headers;
          outgoing.writeHead(answer.statusCode ?? 500, headers);
          answer.pipe(outgoing);
        },
      );
      forwarded.on('error', () => outgoing.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return Object.assign(cloud, {
    endpointUrl: `http://127.0.0.1:${portOf(proxy)}`,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await emulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
}

/** JSON services name the action in a header, the others in the form that is their body. */
function actionOf(incoming: IncomingMessage, body: Buffer): string {
  const target = incoming.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  return new URLSearchParams(body.toString()).get('Action') ?? '';
}

function render(
  { error, message }: Obstacle,
  incoming: IncomingMessage,
): { readonly type: string; readonly text: string } {
  if (incoming.headers['x-amz-target']) {
    return { type: 'application/x-amz-json-1.1', text: JSON.stringify({ __type: error, message }) };
  }
  const inner = `<Error><Code>${error}</Code><Message>${message}</Message></Error>`;
  // EC2 has a list of errors, the other services one.
  const text = /ec2/.test(incoming.headers.authorization ?? '')
    ? `<Response><Errors>${inner}</Errors><RequestID>1</RequestID></Response>`
    : `<ErrorResponse>${inner}<RequestId>1</RequestId></ErrorResponse>`;
  return { type: 'text/xml', text };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
