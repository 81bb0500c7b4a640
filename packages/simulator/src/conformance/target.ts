import { createSimulator, type Simulator } from '../create-simulator.ts';
import type { MediaServer } from './media-server.ts';
import type { RecordedRequest } from './recording.ts';
import { type Answer, type SendOptions, sendRequest } from './send-request.ts';
import { optionsOf } from './server-flags.ts';

/** What recordings are replayed against. */
export interface Target {
  readonly base: URL;
  readonly media: MediaServer;
  send(request: RecordedRequest, options?: Omit<SendOptions, 'mediaPort'>): Promise<Answer>;
}

export function createTarget(base: URL, media: MediaServer): Target {
  return {
    base,
    media,
    send: (request, options) => sendRequest(base, request, { ...options, mediaPort: media.port }),
  };
}

/** A simulator of its own for each recording, with the flags that the recorded server had. */
export async function startTarget(server: string, media: MediaServer): Promise<Target & AsyncDisposable> {
  const simulator: Simulator = createSimulator(await optionsOf(server));
  const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...createTarget(new URL(`http://127.0.0.1:${port}`), media),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
