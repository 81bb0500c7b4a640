import type { Answer, Target } from './lab/target.ts';

/** What of a fleet an attack is aimed at; the page's sections, in this order. */
export const GROUPS = {
  keys: 'Keys and paths',
  wire: 'HTTP that two servers read differently',
  urls: 'Pictures by address',
  pictures: 'Pictures',
  request: 'Fields of a request',
  constraints: 'Constraints of the answer',
  load: 'Slow, huge and many',
  end: 'When the model server ends',
  elsewhere: 'What no request can carry',
} as const;

export type Group = keyof typeof GROUPS;

export type EngineKind = 'simulator' | 'vllm';

/** What an attack is known to do to a model server without a gateway. */
export type Expectation =
  | { readonly kind: 'works' }
  | { readonly kind: 'fails'; readonly why: string }
  | { readonly kind: 'not run'; readonly why: string };

export const WORKS: Expectation = { kind: 'works' };
export const fails = (why: string): Expectation => ({ kind: 'fails', why });
export const notRun = (why: string): Expectation => ({ kind: 'not run', why });

/** What the gateway must do. */
export type Defence =
  | {
      readonly kind: 'refuse';
      readonly status: number;
      /** Part of the message that the client gets. */
      readonly message: string;
    }
  /** Passes on what does the engine no harm: every answer must have the status 200. */
  | { readonly kind: 'pass'; readonly why: string }
  /** Told by the attack itself: it says what harm is, and several answers are fine. */
  | { readonly kind: 'no harm'; readonly why: string };

export const refuse = (status: number, message: string): Defence => ({ kind: 'refuse', status, message });

/** What was seen while an attack went on. */
export interface Sighting {
  /** What proves that it succeeded; undefined where nothing does. */
  readonly harm?: string | undefined;
  /** What the client got, in the order of sending. */
  readonly answers: readonly Answer[];
  /** Told beside status and message. @default - the first answer alone tells it */
  readonly seen?: string;
}

export interface Advisory {
  /** CVE and GHSA, or where else it is told. */
  readonly id: string;
  /** Versions of vLLM. */
  readonly affected: string;
}

/** One attack: what is sent, what proves that it succeeded, and what is known of it. */
export interface Attack {
  readonly id: string;
  readonly group: Group;
  /** What is sent, in a few words. */
  readonly sends: string;
  readonly advisories?: readonly Advisory[];
  /**
   * Flags of the bare engine: `open` as `vllm serve` comes, with an API key; `locked` with `--allowed-media-domains localhost`
   * and without redirects.
   * @default 'open'
   */
  readonly engine?: 'open' | 'locked';
  /** `fetching`: a gateway that may fetch from `pictures.example` and a few other names. @default 'usual' */
  readonly gateway?: 'usual' | 'fetching';
  readonly bare: Readonly<Record<EngineKind, Expectation>>;
  readonly defence: Defence;
  /** Requests that the engine behind the gateway may see of it. @default 0, and for `pass` what it sees */
  readonly reaches?: number;
  /** The engine does not survive it, and is started again afterwards. @default false */
  readonly endsEngine?: boolean;
  run(target: Target): Promise<Sighting>;
}
