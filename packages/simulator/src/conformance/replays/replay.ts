import type { Behaviour } from '../../behaviour.ts';
import { compareImageTokens } from '../compare-image-tokens.ts';
import type { Difference } from '../compare-json.ts';
import type { Recording } from '../recording.ts';
import type { Target } from '../target.ts';

/** How a recording that is more than one request and its answer is replayed. */
export interface Replay {
  readonly run: (recording: Recording, target: Target) => Promise<readonly Difference[]>;
  /** Of the suite's own simulator. @default - as fast as can be */
  readonly behaviour?: Partial<Behaviour>;
  /** How long a second of the simulator's time limits takes, in seconds. @default SECOND */
  readonly second?: number;
  /** The replay starts and ends a server process of its own and cannot use a running one. @default false */
  readonly ownProcess?: boolean;
}

/** One request, one answer. */
export async function replayPlainly(recording: Recording, target: Target): Promise<readonly Difference[]> {
  const answer = await target.send(requestOf(recording));
  return [
    ...target.compare(recording.response, answer),
    ...compareHits(recording, target),
    ...(target.live ? await compareImageTokens(recording, target, answer) : []),
  ];
}

/** What the picture server saw, in order. */
export function compareHits({ mediaHits }: Recording, { media }: Target): readonly Difference[] {
  const lines = (hits: Recording['mediaHits']) => hits.map(({ userAgent, path }) => `${userAgent} ${path}`);
  return compareFacts({ pictureRequests: lines(mediaHits) }, { pictureRequests: lines(media.hits) });
}

/** The recorded request. @throws Error for a recording of several requests that does not name one. */
export function requestOf({ id, request }: Recording): NonNullable<Recording['request']> {
  if (!request) throw new Error(`${id} has no request, expected one: give it a replay of its own`);
  return request;
}

/** The recorded request with another body. */
export function withBody(recording: Recording, change: object): NonNullable<Recording['request']> {
  const request = requestOf(recording);
  return { ...request, body: { ...(request.body as object), ...change } };
}

/** The differences of facts that are JSON, key by key of `got`. */
export function compareFacts(
  recorded: Readonly<Record<string, unknown>>,
  got: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  return Object.entries(got).flatMap(([name, value]) =>
    JSON.stringify(recorded[name]) === JSON.stringify(value)
      ? []
      : [{ where: `observed ${name}`, recorded: recorded[name], got: value }],
  );
}
