import { execFile } from 'node:child_process';
import { connect, createServer, type Server } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The one bridge of the network namespace that this runs in; nothing of it is seen outside. */
export const BRIDGE = 'pixtral0';

/** Where machines find the emulated AWS, which listens on all addresses of the namespace. */
export const GATEWAY = '10.77.0.1';

/** EC2's metadata service, as real machines ask it. */
const METADATA_ADDRESS = '169.254.169.254';

/** Addresses of machines, in the order of their launch. */
export function machineAddress(index: number): string {
  return `10.77.0.${2 + (index % 250)}`;
}

/**
 * The network of the machines, in the namespace of this process.
 * @throws Error of `ip` where there is one already: this is not a namespace of the test's own
 */
export async function makeNetwork(): Promise<void> {
  const ip = (...args: readonly string[]) => run('ip', [...args]);
  await ip('link', 'set', 'lo', 'up');
  await ip('link', 'add', BRIDGE, 'type', 'bridge');
  await ip('address', 'add', `${GATEWAY}/24`, 'dev', BRIDGE);
  await ip('address', 'add', `${METADATA_ADDRESS}/32`, 'dev', BRIDGE);
  await ip('link', 'set', BRIDGE, 'up');
}

/** The metadata address: which machine asks decides whose service answers, as on the hosts of EC2. */
export class MetadataRouter {
  readonly #ports = new Map<string, number>();
  readonly #server: Server = createServer((socket) => {
    const port = this.#ports.get(socket.remoteAddress ?? '');
    if (port === undefined) {
      socket.destroy();
      return;
    }
    const service = connect({ host: '127.0.0.1', port });
    // Whichever side breaks, the other one has nobody to talk to.
    socket.on('error', () => service.destroy());
    service.on('error', () => socket.destroy());
    socket.pipe(service).pipe(socket);
  });

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(80, METADATA_ADDRESS, resolve);
    });
  }

  /** `port`: of the machine's own service on 127.0.0.1. */
  add(address: string, port: number): void {
    this.#ports.set(address, port);
  }

  remove(address: string): void {
    this.#ports.delete(address);
  }

  close(): void {
    this.#server.close();
  }
}
