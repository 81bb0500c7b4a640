import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandler } from '../../src/bundle/bundle-handler.ts';
import { DIRECT_REQUEST, parseDirectAnswer } from '../../src/verification/direct-invocation.ts';
import { runNode } from '../run-node.ts';

const SOURCE = new URL('../../src/bundle/bundle-handler.ts', import.meta.url).href;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-lambda-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the verification Lambda as one file', () => {
  it('runs without anything beside it, and answers CloudFormation', async () => {
    await copyFile(join(bundleHandler('verification'), 'index.js'), join(folder, 'index.js'));
    const bodies: string[] = [];
    const server = createServer(async (request, response) => {
      bodies.push(`${request.method} ${await text(request)}`);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`;
    const event = {
      RequestType: 'Delete',
      ResponseURL,
      StackId: 's',
      RequestId: 'r',
      LogicalResourceId: 'Verification',
      PhysicalResourceId: 'Verification-fleet',
    };
    await runNode(['--eval', `require('./index.js').handler(${JSON.stringify(event)}, {})`], { cwd: folder });
    server.close();
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatch(/^PUT \{"Status":"SUCCESS"/);
  });

  it('invoked directly returns why it could not run, and never throws', async () => {
    await copyFile(join(bundleHandler('verification'), 'index.js'), join(folder, 'index.js'));
    const invoke = (event: object) =>
      runNode(
        [
          '--eval',
          `require('./index.js').handler(${JSON.stringify(event)}, {}).then((answer) => console.log(JSON.stringify(answer)))`,
        ],
        { cwd: folder },
      );
    expect(parseDirectAnswer(JSON.parse(await invoke(DIRECT_REQUEST)))).toEqual({
      kind: 'could-not-run',
      reason: 'environment variable API_KEY_SECRET_ARN is not set',
    });
    expect(parseDirectAnswer(JSON.parse(await invoke({ action: 'dance' })))).toEqual({
      kind: 'could-not-run',
      reason: 'unknown request {"action":"dance"}',
    });
  });

  it('is whole however many bundle at the same time', async () => {
    const script = `
      const { bundleHandler } = await import(${JSON.stringify(SOURCE)});
      const { readFileSync } = await import('node:fs');
      const { createHash } = await import('node:crypto');
      for (let i = 0; i < 3; i++) {
        const file = bundleHandler('verification') + '/index.js';
        console.log(createHash('sha256').update(readFileSync(file)).digest('hex'));
      }`;
    const printed = await Promise.all(
      Array.from({ length: 6 }, () => runNode(['--input-type=module', '--eval', script], { cwd: folder })),
    );
    expect(new Set(printed.flatMap((hashes) => hashes.split('\n'))).size).toBe(1);
  });

  it('is the same from any working folder', async () => {
    const script = `
      const { bundleHandler } = await import(${JSON.stringify(SOURCE)});
      console.log(bundleHandler('verification'));`;
    expect(await runNode(['--input-type=module', '--eval', script], { cwd: folder })).toBe(
      bundleHandler('verification'),
    );
  });
});
