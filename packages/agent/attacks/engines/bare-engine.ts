import type { EngineKind } from '../attack.ts';

export type Flavour = 'open' | 'locked';

/** A model server that answers whoever reaches its port. */
export interface BareEngine extends AsyncDisposable {
  readonly port: number;
  readonly alive: boolean;
  /** Resident bytes of all its processes. */
  memory(): Promise<number>;
  /** SIGTERM. */
  terminate(): void;
}

/** How an engine of one kind is started. */
export interface EngineStarter extends AsyncDisposable {
  readonly kind: EngineKind;
  /** For people. */
  readonly name: string;
  start(flavour: Flavour): Promise<BareEngine>;
}

export const ENGINE_KEY = 'key-of-the-attacked-engine';
export const CONTEXT_TOKENS = 16_384;
/** The one host that pictures may come from where the engine is locked. */
export const ALLOWED_HOST = 'localhost';
