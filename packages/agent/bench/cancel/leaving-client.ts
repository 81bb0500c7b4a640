import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection to a gateway that can be broken at any moment. */
export class LeavingClient {
  readonly #socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
    socket.on('error', () => undefined);
  }

  static async connect(port: number): Promise<LeavingClient> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    return new LeavingClient(socket);
  }

  /** @param kept bytes at the end of the body that are not sent */
  ask(body: object, { key, kept = 0 }: { readonly key: string; readonly kept?: number }): void {
    const text = JSON.stringify(body);
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      'host: gateway',
      `authorization: Bearer ${key}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
    ];
    this.#received = '';
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n${text.slice(0, text.length - kept)}`);
  }

  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) await once(this.#socket, 'data');
  }

  leave(): void {
    this.#socket.destroy();
  }
}
