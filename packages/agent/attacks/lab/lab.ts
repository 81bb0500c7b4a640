import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ALLOWED_HOST,
  type BareEngine,
  CONTEXT_TOKENS,
  ENGINE_KEY,
  type EngineStarter,
  type Flavour,
} from '../engines/bare-engine.ts';
import { type Canary, startCanary } from './canary.ts';
import { type EngineRelay, startEngineRelay } from './engine-relay.ts';
import { type GatewayProcessOptions, GatewayUnderAttack } from './gateway-under-attack.ts';
import { type PictureServer, startPictureServer } from './picture-server.ts';
import { MODEL, Target } from './target.ts';

const GATEWAY_KEY = 'key-of-the-attacked-gateway';

/** How long what is in flight is waited for after a SIGTERM, before the agent tells its clients. */
const DRAIN_MS = 1_000;

/** An honest request is answered within this, or the engine is taken for stuck and started again. */
const RECOVERED_MS = 30_000;

/** What stands in the gateway's place: the gateway; in tests also something that has no rules. */
export type StartGateway = (options: GatewayProcessOptions) => Promise<GatewayLike>;

export type GatewayLike = AsyncDisposable &
  Pick<GatewayUnderAttack, 'port' | 'alive' | 'memory' | 'failInFlight'>;

/** A bare engine, and gateways in front of the same one. */
export class Lab implements AsyncDisposable {
  readonly canary: Canary;
  readonly relay: EngineRelay;
  readonly #starter: EngineStarter;
  readonly #flavour: Flavour;
  readonly #owned: AsyncDisposableStack;
  readonly #gateways: Readonly<Record<'usual' | 'fetching', GatewayLike>>;
  #engine: BareEngine;

  private constructor(parts: {
    readonly canary: Canary;
    readonly relay: EngineRelay;
    readonly starter: EngineStarter;
    readonly flavour: Flavour;
    readonly owned: AsyncDisposableStack;
    readonly gateways: Readonly<Record<'usual' | 'fetching', GatewayLike>>;
    readonly engine: BareEngine;
  }) {
    this.canary = parts.canary;
    this.relay = parts.relay;
    this.#starter = parts.starter;
    this.#flavour = parts.flavour;
    this.#owned = parts.owned;
    this.#gateways = parts.gateways;
    this.#engine = parts.engine;
  }

  static async start(
    starter: EngineStarter,
    flavour: Flavour,
    startGateway: StartGateway = (options) => GatewayUnderAttack.start(options),
  ): Promise<Lab> {
    await using owned = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'attacks-'));
    owned.defer(() => rm(folder, { recursive: true, force: true }));
    const canary = owned.use(await startCanary());
    const pictures: PictureServer = owned.use(await startPictureServer());
    const socketPath = join(folder, 'engine.sock');
    const engine = await starter.start(flavour);
    let lab: Lab | undefined;
    owned.defer(() => (lab ? lab.#engine : engine)[Symbol.asyncDispose]());
    const port = () => (lab ? lab.#engine : engine).port;
    const relay = owned.use(await startEngineRelay({ socketPath, port, key: ENGINE_KEY }));
    const usual = { model: MODEL, socketPath, key: GATEWAY_KEY, contextTokens: CONTEXT_TOKENS };
    const [, forbiddenPort] = canary.forbidden.split(':');
    const fetching = { publicPort: pictures.port, forbiddenPort: Number(forbiddenPort), ca: pictures.ca };
    const gateways = {
      usual: owned.use(await startGateway(usual)),
      fetching: owned.use(await startGateway({ ...usual, fetching })),
    };
    lab = new Lab({ canary, relay, starter, flavour, gateways, engine, owned: owned.move() });
    return lab;
  }

  get engineAlive(): boolean {
    return this.#engine.alive;
  }

  bare(): Target {
    return new Target({
      ...{ kind: 'bare', host: '127.0.0.1', port: this.#engine.port, key: ENGINE_KEY, canary: this.canary },
      allowedOrigin: `http://${ALLOWED_HOST}:${this.canary.allowedPort}`,
      memory: () => this.#engine.memory(),
      passedOn: () => [],
      stopEngine: async () => this.#engine.terminate(),
    });
  }

  gateway(which: 'usual' | 'fetching'): Target {
    const gateway = this.#gateways[which];
    const already = this.relay.seen.length;
    return new Target({
      ...{ kind: 'gateway', host: '127.0.0.1', port: gateway.port, key: GATEWAY_KEY, canary: this.canary },
      allowedOrigin:
        which === 'fetching'
          ? 'https://pictures.example'
          : `http://${ALLOWED_HOST}:${this.canary.allowedPort}`,
      memory: async () => (await gateway.memory()) + (await this.#engine.memory()),
      passedOn: () => this.relay.seen.slice(already),
      stopEngine: async () => {
        this.#engine.terminate();
        await sleep(DRAIN_MS);
        await gateway.failInFlight();
      },
    });
  }

  gatewayAlive(which: 'usual' | 'fetching'): boolean {
    return this.#gateways[which].alive;
  }

  /** Starts the engine again where it does not answer any more. */
  async recover(): Promise<void> {
    if (this.#engine.alive) {
      const { status } = await this.bare().honest(RECOVERED_MS);
      if (status === 200) return;
    }
    await this.restart();
  }

  async restart(): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
    this.#engine = await this.#starter.start(this.#flavour);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
