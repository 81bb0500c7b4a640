import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InstanceConfig } from '../../src/index.ts';
import { circle, turnedJpeg } from '../gateway/normalizing/drawn-pictures.ts';
import { writeWorker } from '../gateway/normalizing/worker-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { API_KEY, startInstance } from './start-instance.ts';

const normalizes = (config: InstanceConfig) => ({
  ...config,
  gateway: { ...config.gateway, normalize: { workers: 1, timeoutSeconds: 30 } },
});

test('an instance that makes pictures anew passes its gate, and sees a photograph that was held otherwise', async () => {
  await using folder = await temporaryFolder();
  const agent = join(folder.path, 'opt', 'pixtral', 'agent');
  await mkdir(agent, { recursive: true });
  await writeWorker(agent);
  await using instance = await startInstance({ root: folder.path, change: normalizes });
  await instance.untilReady(200);
  expect(instance.report().gate.length).toBeGreaterThan(0);
  const photo = await turnedJpeg(await circle('#d02020', [false, true]), 6);
  // Not by the client, which bakes the orientation in, or refuses.
  const answer = await fetch(`${await instance.url()}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: 'In which corner of the picture is the circle? Answer with one of: top left, top right, bottom left, bottom right.',
            },
            { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${photo.toString('base64')}` } },
          ],
        },
      ],
    }),
  });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'top right' } }] });
});

test('one that cannot does not serve, and says why', async () => {
  await using folder = await temporaryFolder();
  // An agent of a config that did not ask for it has no worker.
  await using instance = await startInstance({ root: folder.path, change: normalizes });
  expect(await instance.exited).toBe(1);
  expect(instance.report()).toMatchObject({
    ok: false,
    reason: 'no picture can be made anew on this machine: it ended',
  });
  expect(instance.aws.group.completed).toEqual(['pixtral-ready ABANDON']);
});
