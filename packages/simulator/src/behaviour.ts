import type { EngineModel } from './engine-model/engine-model.ts';
import type { MutantName } from './mutants/index.ts';

/** `alive`, `lost`: gone and nobody has noticed, `dead`: gone and told. */
export const ENGINE_STATES = ['alive', 'lost', 'dead'] as const;

/** How a simulated model server behaves: read from a file when it starts, changed by `--control` while it runs. */
export interface Behaviour {
  /** Answers from the text alone, never from the pixels. @default false */
  readonly blind: boolean;
  /** Time that loading takes. @default 0 */
  readonly loadSeconds: number;
  /** Never ends loading. @default false */
  readonly neverReady: boolean;
  /** Fails to load with this as the error. @default '' - loads */
  readonly failLoad: string;
  /** Exits while it loads as vLLM does when the GPU's memory is too small. @default false */
  readonly outOfMemory: boolean;
  /** Weights and machine that set the pace and the KV cache. @default 'none' - the fixed times below, no KV cache */
  readonly engineModel: EngineModel | 'none';
  /** What the KV cache of the engine model holds, in tokens. @default 0 - what the memory of its GPU leaves */
  readonly kvTokens: number;
  /** How much faster the engine model runs than the real one. @default 1 */
  readonly engineSpeedup: number;
  /** From the place in the batch to the first token. @default 20 */
  readonly firstTokenMs: number;
  /** Between two tokens of a stream. @default 5 */
  readonly perTokenMs: number;
  /** Preparation of a picture of 1024x1024, one after the other as in vLLM’s one thread; smaller ones take less, those above 16 megapixels more. @default 20; 85 with an engine model */
  readonly perPictureMs: number;
  /** Ends streams with an error frame after so many tokens. @default 0 - never */
  readonly midStreamErrorAfterTokens: number;
  /** Accepts requests and gives no token, while `/health` stays 200; goes on where it was when it ends. @default false */
  readonly hang: boolean;
  /**
   * `lost`: no token ever again, and `/health` stays 200. `dead`: what is in flight and what comes gets an error,
   * `/health` 503, and the process exits unless `VLLM_KEEP_ALIVE_ON_ENGINE_DEATH` is set. @default 'alive'
   */
  readonly engine: (typeof ENGINE_STATES)[number];
  /**
   * Requests that a SIGTERM does not leave time for get an end: `finish_reason` "abort", or with `--shutdown-timeout` an
   * error. Otherwise they never end, as most often in vLLM 0.32.0 (704). @default false
   */
  readonly tellsOfShutdown: boolean;
  /**
   * How long the engine takes to leave when everything is answered; recorded are 3 s, and 8 s with
   * `--shutdown-timeout` (702). @default 0 - at once
   */
  readonly leaveSeconds: number;
  /** Looks healthy and is wrong in that way; one of `MUTANT_NAMES`. @default '' - sees and answers right */
  readonly mutant: MutantName | '';
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  blind: false,
  loadSeconds: 0,
  neverReady: false,
  failLoad: '',
  outOfMemory: false,
  engineModel: 'none',
  kvTokens: 0,
  engineSpeedup: 1,
  firstTokenMs: 20,
  perTokenMs: 5,
  perPictureMs: 20,
  midStreamErrorAfterTokens: 0,
  hang: false,
  engine: 'alive',
  tellsOfShutdown: false,
  leaveSeconds: 0,
  mutant: '',
};

/** Options or flags that make no sense: a person's mistake, told without a stack. */
export class SimulatorUsageError extends Error {
  override readonly name = 'SimulatorUsageError' as const;
}
