import type { Behaviour } from '../behaviour.ts';
import { createSimulator, type Simulator } from '../create-simulator.ts';
import { compareAnswer } from './compare-answer.ts';
import type { Difference } from './compare-json.ts';
import type { MediaServer } from './media-server.ts';
import type { RecordedRequest, RecordedResponse } from './recording.ts';
import { type Answer, type SendOptions, type ServerAddress, sendRequest } from './send-request.ts';
import { optionsOf, SECOND } from './server-flags.ts';

/** What recordings are replayed against. */
export interface Target {
  readonly address: ServerAddress;
  readonly media: MediaServer;
  /** A running server, with another model than the recorded one, and not a simulator of the suite's own. */
  readonly live: boolean;
  /** How long a second of its time limits takes. */
  readonly secondMs: number;
  /** Lets an engine go on that was started with `hang`; nothing for a running server. */
  release(): void;
  send(request: RecordedRequest, options?: Omit<SendOptions, 'mediaPort'>): Promise<Answer>;
  compare(recorded: RecordedResponse, answer: Answer): readonly Difference[];
}

/** A running server. */
export function createTarget(
  address: ServerAddress,
  media: MediaServer,
  { live = true, secondMs = 1_000 }: { readonly live?: boolean; readonly secondMs?: number } = {},
): Target {
  return {
    address,
    media,
    live,
    secondMs,
    release: () => undefined,
    send: (request, options) => sendRequest(address, request, { ...options, mediaPort: media.port }),
    compare: (recorded, answer) => compareAnswer(recorded, answer, { otherModel: live }),
  };
}

/** A simulator of its own for each recording, with the flags that the recorded server had. */
export async function startTarget(
  server: string,
  media: MediaServer,
  settings: { readonly behaviour?: Partial<Behaviour>; readonly second?: number } = {},
): Promise<Target & AsyncDisposable> {
  const simulator: Simulator = createSimulator(await optionsOf(server, settings));
  const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
  const options = { live: false, secondMs: (settings.second ?? SECOND) * 1_000 };
  return {
    ...createTarget({ host: '127.0.0.1', port }, media, options),
    release: () => void simulator.changeBehaviour({ hang: false }),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
