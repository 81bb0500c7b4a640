import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SessionOptions {
  readonly region: string;
  /** Instance that forwards. */
  readonly instance: string;
  /** The balancer, as the instance sees it. */
  readonly remote: { readonly host: string; readonly port: number };
  readonly localPort: number;
}

/** Arguments of the AWS CLI that forward a local port to the balancer through an instance. Pure. */
function sessionArguments({ region, instance, remote, localPort }: SessionOptions): readonly string[] {
  const parameters = {
    host: [remote.host],
    portNumber: [String(remote.port)],
    localPortNumber: [String(localPort)],
  };
  return [
    ...['ssm', 'start-session', '--region', region, '--target', instance],
    ...['--document-name', 'AWS-StartPortForwardingSessionToRemoteHost'],
    ...['--parameters', JSON.stringify(parameters)],
  ];
}

/** A forwarding session: AWS's CLI and its plugin, in a process group of their own. */
export class SessionProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #output = '';
  #running = true;

  constructor(options: SessionOptions) {
    this.#child = spawn('aws', sessionArguments(options), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4_096);
      });
    }
    this.#exited = once(this.#child, 'close').then(
      () => {
        this.#running = false;
      },
      (error: unknown) => {
        this.#running = false;
        this.#output += String(error);
      },
    );
  }

  /** Settles when the session has ended, whyever. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** The last line that it printed: why it ended. */
  get lastLine(): string {
    return this.#output.trim().split('\n').at(-1)?.trim() || 'the session ended without a word';
  }

  /** Whether the local port takes connections before the time is over or the session has ended. */
  async opens(port: number, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.#running && !signal.aborted && performance.now() < deadline) {
      if (await accepts(port)) return true;
      await sleep(100, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async stop(): Promise<void> {
    const { pid } = this.#child;
    if (this.#running && pid !== undefined) killGroup(pid, 'SIGTERM');
    const late = setTimeout(() => {
      if (pid !== undefined) killGroup(pid, 'SIGKILL');
    }, 2_000);
    await this.#exited;
    clearTimeout(late);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: it has gone by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
