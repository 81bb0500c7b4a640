// A worker that does what a picture's first byte tells it. Speaks in the frames of picture-job.ts.
import { existsSync, writeFileSync } from 'node:fs';

const [, , folder] = process.argv;
let buffered = Buffer.alloc(0);
send(0, Buffer.alloc(0));

process.stdin.on('end', () => process.exit(0));
process.stdin.on('data', (chunk) => {
  buffered = Buffer.concat([buffered, chunk]);
  for (;;) {
    if (buffered.length < 10) return;
    const length = buffered.readUInt32BE(0);
    if (buffered.length < 10 + length) return;
    const picture = buffered.subarray(10, 10 + length);
    buffered = buffered.subarray(10 + length);
    act(String.fromCharCode(picture[0] ?? 0), picture.subarray(1), picture);
  }
});

function act(order, picture, whole) {
  switch (order) {
    case 'e': // echoes
      return send(1, picture);
    case 'l': // echoes and leaves
      send(1, picture, 1);
      return process.stdout.write('', () => process.exit(0));
    case 'c': // crashes each time
      return process.kill(process.pid, 'SIGSEGV');
    case 'o': // crashes once
      if (existsSync(`${folder}/crashed`)) return send(1, picture);
      writeFileSync(`${folder}/crashed`, '');
      return process.kill(process.pid, 'SIGSEGV');
    case 'h': // hangs, hard
      for (;;);
    case 'w': // waits for a file
      return void wait(picture);
    case 'f': // floods
      for (let frames = 0; frames < 100; frames++) send(1, Buffer.alloc(1_000_000));
      return;
    case 'b': // declares too much
      return send(1, { length: 2 ** 31 });
    default: // no order, but the proof that it works
      return send(1, whole);
  }
}

function wait(picture) {
  if (existsSync(`${folder}/go`)) send(1, picture);
  else setTimeout(() => wait(picture), 5);
}

function send(isPicture, bytes, leaves = 0) {
  const head = Buffer.alloc(10);
  head.writeUInt32BE(bytes.length, 0);
  head.writeUInt8(isPicture, 4);
  head.writeUInt8(leaves, 5);
  process.stdout.write(head);
  if (bytes instanceof Buffer) process.stdout.write(bytes);
}
