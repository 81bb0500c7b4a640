import { type Behaviour, SimulatorUsageError } from './behaviour.ts';
import { parseChange } from './parse-behaviour.ts';

/** Decide about the engine that is made at the start. */
const AT_THE_START = ['engineModel', 'kvTokens', 'engineSpeedup'] as const;

/** Decide about loading, and nothing once it is over. */
const WHILE_LOADING = ['loadSeconds', 'neverReady', 'failLoad', 'outOfMemory'] as const;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A behaviour that can be changed while the server runs. */
export class LiveBehaviour {
  readonly #values: Mutable<Behaviour>;
  readonly #listeners = new Set<() => void>();
  /** Set when the server answers. */
  loaded = false;

  constructor(behaviour: Behaviour) {
    this.#values = { ...behaviour };
  }

  /** Always the same object: who holds it sees every change. */
  get values(): Behaviour {
    return this.#values;
  }

  /** Heard after every change. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** All of the change or nothing. @throws SimulatorUsageError */
  change(value: unknown, source: string): Behaviour {
    const change = parseChange(value, source);
    const names: readonly string[] = Object.keys(change);
    const late = AT_THE_START.find((name) => names.includes(name));
    if (late) {
      throw new SimulatorUsageError(
        `${source}: "${late}" is decided at the start, got a change while the server runs; set it in the file of PIXTRAL_SIMULATE_FILE and restart`,
      );
    }
    const over = this.loaded ? WHILE_LOADING.find((name) => names.includes(name)) : undefined;
    if (over) {
      throw new SimulatorUsageError(
        `${source}: "${over}" is about loading, got a change after it; set it in the file of PIXTRAL_SIMULATE_FILE and restart`,
      );
    }
    if (this.#values.engine !== 'alive' && change.engine === 'alive') {
      throw new SimulatorUsageError(
        `${source}: "engine" cannot become "alive" again, it is ${JSON.stringify(this.#values.engine)}; restart the server`,
      );
    }
    if (this.#values.engine === 'dead' && change.engine === 'lost') {
      throw new SimulatorUsageError(
        `${source}: "engine" cannot become "lost", it is "dead" and told; restart the server`,
      );
    }
    // The mutant that hangs sets `hang`; another one ends it, unless the change says otherwise.
    if (this.#values.mutant === 'hung' && change.mutant !== undefined) this.#values.hang = false;
    Object.assign(this.#values, change);
    for (const listener of this.#listeners) listener();
    return this.#values;
  }
}
