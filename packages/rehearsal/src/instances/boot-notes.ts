import type { FleetInstance } from './fleet-instance.ts';

/** A state that has lasted this long is worth a word; those of a simulated boot pass faster than anybody reads. */
const LASTING_MS = 2_000;

/** The gateway writes a line for each question. */
const LOOK_EVERY_MS = 500;

/** Tells what booting instances are at, by what their gateways say of themselves (`/ready`): once for each state. */
export class BootNotes {
  readonly #onNote: (note: string) => void;
  readonly #seen = new Map<string, { readonly detail: string; readonly since: number; told: boolean }>();

  #looked = Number.NEGATIVE_INFINITY;

  constructor(onNote: (note: string) => void) {
    this.#onNote = onNote;
  }

  /** Does nothing when it has just looked. */
  async look(instances: readonly Pick<FleetInstance, 'id' | 'gatewayHost' | 'gatewayPort'>[]): Promise<void> {
    const now = performance.now();
    if (now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    await Promise.all(instances.map((instance) => this.#lookAt(instance)));
  }

  async #lookAt({
    id,
    gatewayHost,
    gatewayPort,
  }: Pick<FleetInstance, 'id' | 'gatewayHost' | 'gatewayPort'>): Promise<void> {
    const detail = await readDetail(gatewayHost, gatewayPort);
    if (!detail) return;
    const known = this.#seen.get(id);
    if (known?.detail !== detail) {
      this.#seen.set(id, { detail, since: performance.now(), told: false });
    } else if (!known.told && performance.now() - known.since >= LASTING_MS) {
      known.told = true;
      this.#onNote(`${id}: ${detail}`);
    }
  }
}

async function readDetail(host: string, port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://${host}:${port}/ready`, { signal: AbortSignal.timeout(1_000) });
    const body: unknown = await answer.json();
    const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : undefined;
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    // Not listening yet, or no more: whether that is a failure is for the one who waits to say.
    return undefined;
  }
}
