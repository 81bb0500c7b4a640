import type { Attack, EngineKind, Sighting } from './attack.ts';
import type { Answer } from './lab/target.ts';

/** What an attack did to a bare engine. */
export interface BareResult {
  readonly kind: 'works' | 'fails' | 'not run';
  readonly seen: string;
  /** Whether that is what the corpus says of it. */
  readonly asExpected: boolean;
}

/** What it did to the gateway. */
export interface GatewayResult {
  readonly seen: string;
  /** Why it was not held; none when it was. */
  readonly problems: readonly string[];
}

/** What was seen of a target besides the attack itself. */
export interface Aftermath {
  readonly alive: boolean;
  /** To an honest request afterwards. */
  readonly honest: Answer;
}

export function judgeBare(
  attack: Attack,
  engine: EngineKind,
  sighting: Sighting,
  { alive, honest }: Aftermath,
): BareResult {
  const expected = attack.bare[engine];
  const dead = alive ? undefined : 'the process ended';
  const stuck = honest.status === 200 || attack.endsEngine ? undefined : `afterwards ${describe(honest)}`;
  const harm = sighting.harm ?? dead ?? stuck;
  const kind = harm === undefined ? 'fails' : 'works';
  return { kind, seen: harm ?? seenOf(sighting), asExpected: kind === expected.kind };
}

export function judgeGateway(
  attack: Attack,
  sighting: Sighting,
  aftermath: Aftermath & {
    /** Requests that the engine saw of the attack. */
    readonly reached: number;
    /** Connections to what must not be reached. */
    readonly touched: number;
  },
): GatewayResult {
  const { defence, reaches = 0 } = attack;
  const problems: string[] = [];
  if (sighting.harm !== undefined) problems.push(sighting.harm);
  if (!aftermath.alive) problems.push('the gateway ended');
  if (aftermath.touched > 0) problems.push(`the forbidden place was reached ${aftermath.touched} times`);
  if (defence.kind === 'refuse') {
    if (aftermath.reached > reaches) {
      problems.push(`the engine saw ${aftermath.reached} requests, expected ${reaches}`);
    }
    for (const answer of sighting.answers) {
      const isRefused = answer.status === defence.status && messageOf(answer.text).includes(defence.message);
      if (!isRefused) {
        problems.push(`expected ${defence.status} "${defence.message}", got ${describe(answer)}`);
      }
    }
    if (sighting.answers.length === 0) problems.push('nothing was answered');
  }
  if (defence.kind === 'pass') {
    const others = sighting.answers.filter(({ status }) => status !== 200);
    problems.push(...others.map((answer) => `expected an answer, got ${describe(answer)}`));
  }
  if (!attack.endsEngine && aftermath.honest.status !== 200) {
    problems.push(`afterwards an honest request got ${describe(aftermath.honest)}`);
  }
  return { seen: seenOf(sighting), problems };
}

function seenOf({ seen, answers }: Sighting): string {
  const [first] = answers;
  return seen ?? (first ? describe(first) : 'no answer');
}

const LONGEST_MESSAGE = 160;

/** Status and message, or the beginning of the text. */
export function describe({ status, text, ended }: Answer): string {
  const message = messageOf(text).replaceAll(/\s+/g, ' ').trim();
  const short = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
  if (status === 0) return `no answer${short === '' ? '' : ` (${short})`}`;
  if (status < 300) return `${status}${ended ? '' : ', and no end'}`;
  return short === '' ? String(status) : `${status} ${short}`;
}

/** Of each of vLLM's shapes of error; the text itself where it is none. */
function messageOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return text;
    const error: unknown = Reflect.get(body, 'error') ?? Reflect.get(body, 'detail');
    const message: unknown =
      typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error;
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}
