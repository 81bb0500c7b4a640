import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { createSimulator, DEFAULT_BEHAVIOUR } from '../src/index.ts';

it('asks for the key of a path that is written with a host in front, as vLLM does', async () => {
  const simulator = createSimulator({
    ...{ servedModelName: 'pixtral-12b', apiKey: 'k', maxModelLen: 16_384, maxImages: 4, maxNumSeqs: 8 },
    ...{ keepAliveSeconds: 5, behaviour: DEFAULT_BEHAVIOUR },
  });
  try {
    const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write('GET http://fleet/v1/models HTTP/1.1\r\nhost: fleet\r\nconnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(text).toContain('HTTP/1.1 401 Unauthorized');
    expect(text).toContain('{"error":"Unauthorized"}');
  } finally {
    await simulator.close();
  }
});
