import { createClient } from '@pixtral-fleet/client';
import { expect, test } from 'vitest';
import { encodingsRead } from '../../src/checks/encodings-read.ts';
import { parseFleetEndpoint } from '../../src/fleet-endpoint.ts';
import { API_KEY, INSTANCES, MODEL, startScriptedFleet } from '../scripted-fleet/start-scripted-fleet.ts';
import { seededRandom } from '../seeing/seeded-random.ts';

// By chance one of these seeds draws a colour twice in three draws; a model that errs in it would err again.
test.each([1, 2, 3, 4, 5, 6])(
  'no colour is asked about again after it was misread (seed %i)',
  async (seed) => {
    await using fleet = await startScriptedFleet('talks-nonsense');
    const options = { baseUrl: fleet.url, apiKey: API_KEY, model: MODEL };
    const client = createClient(options);
    const check = encodingsRead.run({
      endpoint: parseFleetEndpoint(options),
      client,
      expectedInstances: INSTANCES,
      random: seededRandom(seed),
      signal: new AbortController().signal,
    });
    const { message } = (await check.catch((error: unknown) => error)) as Error;
    for (const size of ['1x1', '1024x1024', '1280x1024']) {
      const told = message.split('; ').find((text) => text.startsWith(`${size} PNG: `)) ?? '';
      const asked = [...told.matchAll(/expected (\w+)/g)].map(([, colour]) => colour);
      expect(asked).toHaveLength(3);
      expect(new Set(asked).size).toBe(3);
    }
    await client.close();
  },
);
