import { describe, expect, it } from 'vitest';
import { CHAT, errorOf, useGateway } from './gateway-fixture.ts';

const fixture = useGateway({ limits: { streamSilenceSeconds: 1 } });
const FRAME = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
const GIVEN_UP = 'the model server sent nothing more for 1 s, and the answer was given up; ask again';

describe('a stream that falls silent while the engine lives', () => {
  it('ends with an error, and is given up at the engine', async () => {
    const closed = Promise.withResolvers<void>();
    fixture.engine.answer = (_request, response) => {
      response.on('close', () => closed.resolve());
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(FRAME);
    };
    const answer = await fixture.chat({ ...CHAT, stream: true });
    const frames = (await answer.text()).trim().split('\n\n');
    expect(frames[0]).toBe(FRAME.trim());
    expect(JSON.parse(frames[1]?.slice(6) ?? '')).toEqual({
      error: { message: GIVEN_UP, type: 'GatewayTimeoutError', param: null, code: 504 },
    });
    expect(frames[2]).toBe('data: [DONE]');
    await closed.promise;
    await fixture.gateway.whenIdle();
  });

  it('before its first frame is answered with 504', async () => {
    fixture.engine.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    };
    const answer = await fixture.chat({ ...CHAT, stream: true });
    expect([answer.status, (await errorOf(answer)).message]).toEqual([504, GIVEN_UP]);
  });
});
