import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { BootReport } from '@pixtral-fleet/agent';
import { findEngineProcess } from '../drill/engine-process.ts';
import type { FleetInstance, InstanceOptions } from '../instances/fleet-instance.ts';
import { metadataOf, writeUserData } from '../instances/instance-surroundings.ts';
import { localEnvironment, readBootReport } from '../instances/local-instance.ts';
import { type MetadataService, type SpotInstanceAction, startMetadataService } from '../metadata/index.ts';
import { type LoggedProcess, startLogged } from '../run/child-process.ts';
import { findFreePort } from '../run/free-port.ts';
import { clearBelow, killBelow } from '../run/residue.ts';
import { FaultProxy } from './proxy/fault-proxy.ts';
import { SmallDisk } from './small-disk.ts';

/** `RestartSec=` of packages/agent/assets/pixtral-agent.service. */
const RESTART_MS = 5_000;

/** What a kernel and systemd take to come up again, in short. */
const DOWN_MS = 2_000;

const CLOCK = join(import.meta.dirname, 'shifted-clock.mjs');

/** Where the model servers can be told to hang: seen from their home, `var/lib/pixtral/engine-home`. */
export const CONTROL_SOCKET = '../../../../run/pixtral/hang.sock';

export interface ChaosSurroundings {
  /** Where instances find AWS: a proxy before it. */
  readonly awsUrl: string;
  /** Milliseconds by which the clocks of agents differ, as text. */
  readonly clockFile: string;
  /** Whether state folders are disks of their own, which takes root. */
  readonly smallDisks: boolean;
}

interface Parts {
  readonly options: InstanceOptions;
  readonly agentPort: number;
  readonly proxy: FaultProxy;
  readonly metadata: MetadataService;
  readonly disk: SmallDisk | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * A local instance that can be broken: its agent is run as its systemd unit runs it, the balancer reaches it through a
 * proxy, and its metadata service can tell it to go.
 */
export class ChaosInstance implements FleetInstance {
  readonly id: string;
  readonly type: string;
  readonly root: string;
  readonly logFile: string;
  readonly gatewayHost = '127.0.0.1';
  /** Of the proxy. */
  readonly gatewayPort: number;
  readonly startedAt = performance.now();
  readonly proxy: FaultProxy;
  readonly disk: SmallDisk | undefined;
  spotNotice: SpotInstanceAction | undefined;
  rebalanceRecommendation: Date | undefined;
  readonly #parts: Parts;
  #agent: LoggedProcess;
  #exitCode: number | null | undefined;
  /** Whether an end of the agent is one that somebody wanted. */
  #isExpected = false;

  private constructor(parts: Parts, agent: LoggedProcess) {
    const { options, proxy, disk } = parts;
    this.id = options.instance.id;
    this.type = options.instance.type;
    this.root = options.root;
    this.logFile = options.logFile;
    this.gatewayPort = proxy.port;
    this.proxy = proxy;
    this.disk = disk;
    this.#parts = parts;
    this.#agent = agent;
    this.#watch(agent);
  }

  /** @param lifecycleState the group's current state of this instance, asked at each metadata request. */
  static async boot(
    options: InstanceOptions,
    lifecycleState: () => string,
    { awsUrl, clockFile, smallDisks }: ChaosSurroundings,
  ): Promise<ChaosInstance> {
    const { root } = options;
    const script = await writeUserData(options);
    const disk = smallDisks ? await SmallDisk.mount(join(root, 'var', 'lib', 'pixtral')) : undefined;
    let self: ChaosInstance | undefined;
    const metadata = await startMetadataService({
      ...metadataOf(options, lifecycleState),
      spotInstanceAction: () => self?.spotNotice,
      rebalanceRecommendation: () => self?.rebalanceRecommendation,
    });
    const agentPort = await findFreePort();
    const proxy = await FaultProxy.start({ host: '127.0.0.1', port: agentPort });
    const environment = {
      ...localEnvironment(
        { root, endpointUrl: awsUrl },
        { gatewayPort: agentPort, metadataUrl: metadata.url },
      ),
      NODE_OPTIONS: `--import=${pathToFileURL(CLOCK).href}`,
      PIXTRAL_CLOCK_FILE: clockFile,
    };
    const agent = startLogged('bash', [script], { cwd: root, logFile: options.logFile, env: environment });
    self = new ChaosInstance({ options, agentPort, proxy, metadata, disk, environment }, agent);
    return self;
  }

  get exitCode(): number | null | undefined {
    return this.#exitCode;
  }

  get pid(): number {
    return this.#agent.pid;
  }

  get engineSocket(): string {
    return join(this.root, 'run', 'pixtral', 'engine.sock');
  }

  get controlSocket(): string {
    return join(dirname(this.engineSocket), 'hang.sock');
  }

  bootReport(): Promise<BootReport | undefined> {
    return readBootReport(this.root);
  }

  /** Whether its gateway says so itself, past all proxies. */
  async isReady(): Promise<boolean> {
    try {
      const url = `http://127.0.0.1:${this.#parts.agentPort}/ready`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      // Not there, or silent: not ready.
      return false;
    }
  }

  enginePid(): Promise<number | undefined> {
    return findEngineProcess(this.#agent.pid);
  }

  /** Resolves with the end of the agent that runs now. */
  async agentEnded(): Promise<void> {
    await this.#agent.exited;
  }

  /** A signal for the agent alone, as `kill` sends it. */
  signalAgent(signal: NodeJS.Signals): void {
    process.kill(this.#agent.pid, signal);
  }

  /** `systemctl restart`. @param signal what ends it */
  async restartAgent(signal: NodeJS.Signals): Promise<void> {
    this.#isExpected = true;
    const { exited } = this.#agent;
    this.signalAgent(signal);
    await exited;
    await killBelow(this.root);
    this.#startAgent();
  }

  /** @param signal what systemd ends the agent with */
  async reboot(signal: NodeJS.Signals): Promise<void> {
    this.#isExpected = true;
    const { exited } = this.#agent;
    this.signalAgent(signal);
    await exited;
    await killBelow(this.root);
    await rm(join(this.root, 'run'), { recursive: true, force: true });
    await sleep(DOWN_MS);
    await mkdir(join(this.root, 'run', 'pixtral'), { recursive: true });
    this.#startAgent();
  }

  /** Ends the machine as EC2 does: nothing of it is left, neither processes nor mounts. */
  async terminate(graceMs = 2_000): Promise<void> {
    await this.powerOff(graceMs);
    await clearBelow(this.root);
    await this.#parts.metadata.stop();
    await this.#parts.proxy.close();
  }

  /** No process is left, and none is started again. */
  async powerOff(graceMs: number): Promise<void> {
    this.#isExpected = true;
    await this.#agent.stop(graceMs);
    await killBelow(this.root);
  }

  get #agentFile(): string {
    return join(this.root, 'opt', 'pixtral', 'agent', 'agent.mjs');
  }

  #startAgent(): void {
    const { environment, options } = this.#parts;
    const agent = startLogged(process.execPath, [this.#agentFile, 'run'], {
      cwd: this.root,
      logFile: options.logFile,
      env: environment,
    });
    this.#agent = agent;
    this.#exitCode = undefined;
    this.#isExpected = false;
    this.#watch(agent);
  }

  /** `Restart=on-failure` and `ExecStopPost=` of the agent's unit. */
  #watch(agent: LoggedProcess): void {
    const onEnd = async (code: number | null) => {
      if (agent !== this.#agent) return;
      this.#exitCode = code;
      // User data that failed before there was a unit is not started again by anybody.
      if (code === 0 || this.#isExpected || !existsSync(this.#agentFile)) return;
      await killBelow(this.root);
      await sleep(RESTART_MS);
      if (!this.#isExpected && agent === this.#agent) this.#startAgent();
    };
    agent.exited.then(onEnd, () => onEnd(null));
  }
}
