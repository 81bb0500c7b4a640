import { type Attack, fails, refuse } from '../attack.ts';
import { chatBody, chatHead, type Target } from '../lab/target.ts';

/** Who gets this behind another request has been smuggled in. */
const SMUGGLED = 'GET /version HTTP/1.1\r\nhost: smuggled\r\nconnection: close\r\n\r\n';
const INVALID = refuse(400, 'the request is not valid HTTP/1.1');

interface Ambiguity {
  readonly id: string;
  readonly sends: string;
  bytes(target: Target): string;
}

const body = JSON.stringify(chatBody({}));

const AMBIGUITIES: readonly Ambiguity[] = [
  {
    id: 'cl-te',
    sends: '`Content-Length` and `Transfer-Encoding: chunked`, a request behind the last chunk',
    bytes: (target) =>
      `${chatHead(target, `content-length: ${5 + SMUGGLED.length}`, 'transfer-encoding: chunked')}0\r\n\r\n${SMUGGLED}`,
  },
  {
    id: 'te-cl',
    sends: '`Transfer-Encoding: chunked` and a short `Content-Length`, a request inside the chunk',
    bytes: (target) =>
      `${chatHead(target, 'transfer-encoding: chunked', 'content-length: 4')}${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  },
  {
    id: 'te-obfuscated',
    sends: '`Transfer-Encoding: xchunked` beside a `Content-Length`',
    bytes: (target) =>
      `${chatHead(target, 'transfer-encoding: xchunked', `content-length: ${body.length}`)}${body}${SMUGGLED}`,
  },
  {
    id: 'te-with-space',
    sends: '`Transfer-Encoding :` with a space before the colon',
    bytes: (target) =>
      `${chatHead(target, 'transfer-encoding : chunked', `content-length: ${body.length}`)}${body}${SMUGGLED}`,
  },
  {
    id: 'two-lengths',
    sends: 'two different `Content-Length`',
    bytes: (target) =>
      `${chatHead(target, `content-length: ${body.length}`, `content-length: ${body.length + SMUGGLED.length}`)}${body}${SMUGGLED}`,
  },
  {
    id: 'folded-header',
    sends: 'a folded header that hides a `Transfer-Encoding`',
    bytes: (target) =>
      `${chatHead(target, 'x-a: b', ' transfer-encoding: chunked', `content-length: ${body.length}`)}${body}`,
  },
  {
    id: 'bare-line-feeds',
    sends: 'lines that end with a line feed alone',
    bytes: () => 'GET /version HTTP/1.1\nhost: fleet\n\n',
  },
  {
    id: 'bad-chunk',
    sends: 'a chunk whose length is `0x5`',
    bytes: (target) =>
      `${chatHead(target, 'transfer-encoding: chunked')}0x5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  },
];

export const WIRE_ATTACKS: readonly Attack[] = [
  ...AMBIGUITIES.map(
    ({ id, sends, bytes }): Attack => ({
      id,
      group: 'wire',
      sends,
      bare: { simulator: fails('Node refuses it'), vllm: fails('uvicorn refuses it') },
      defence: INVALID,
      async run(target) {
        const { statuses, last, text } = await target.raw(bytes(target));
        const smuggled = text.includes('"version"') || statuses.length > 1;
        const taken = statuses.some((status) => status === 200);
        const harm = smuggled ? 'the request inside was answered' : taken ? 'it was answered' : undefined;
        return { answers: [last], harm };
      },
    }),
  ),
  {
    id: 'connect',
    group: 'wire',
    sends: '`CONNECT 169.254.169.254:80`, as to a proxy',
    bare: { simulator: fails('Node closes the connection'), vllm: fails('uvicorn refuses it') },
    defence: refuse(405, 'CONNECT is not accepted: this is no proxy'),
    async run(target) {
      const { last } = await target.raw('CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: fleet\r\n\r\n');
      return { answers: [last], harm: last.status === 200 ? 'it became a tunnel' : undefined };
    },
  },
];
