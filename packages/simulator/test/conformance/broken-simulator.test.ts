import { describe, expect, it } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '../../src/behaviour.ts';
import { startMediaServer } from '../../src/conformance/media-server.ts';
import { readRecordings } from '../../src/conformance/recording.ts';
import { replay } from '../../src/conformance/replay.ts';
import { optionsOf } from '../../src/conformance/server-flags.ts';
import { createTarget } from '../../src/conformance/target.ts';
import { createSimulator, type SimulatorOptions } from '../../src/create-simulator.ts';
import { createApproximateTokenizer } from '../../src/tokenizer/approximate.ts';

/** Where the recording's replay finds differences on a simulator with these options. */
async function differencesOf(id: string, broken: Partial<SimulatorOptions>): Promise<readonly string[]> {
  const recording = readRecordings().find((one) => one.id === id);
  if (!recording) throw new Error(`no recording ${id}, expected one of recordings/`);
  await using media = await startMediaServer();
  const simulator = createSimulator({ ...(await optionsOf(recording.server)), ...broken });
  try {
    const port = await simulator.listen({ host: '127.0.0.1', port: 0 });
    const target = createTarget({ host: '127.0.0.1', port }, media, { live: false, secondMs: 100 });
    return (await replay(recording, target)).map(({ where }) => where);
  } finally {
    await simulator.close();
  }
}

const { http = {} } = await optionsOf('');

describe('the suite finds a simulator that', () => {
  it.each<[name: string, id: string, broken: Partial<SimulatorOptions>, expected: readonly string[]]>([
    ['has another context length', '004-models', { maxModelLen: 8_192 }, ['body.data[0].max_model_len']],
    ['takes fewer pictures', '229-four-images', { maxImages: 3 }, ['status', 'body keys']],
    [
      'counts other tokens',
      '128-tools-auto',
      { tokenizer: createApproximateTokenizer() },
      ['body.usage.prompt_tokens'],
    ],
    [
      'breaks off streams',
      '401-plain',
      { behaviour: { ...DEFAULT_BEHAVIOUR, midStreamErrorAfterTokens: 2 } },
      ['number of events'],
    ],
    ['asks for a key', '004-models', { apiKey: 'k' }, ['status', 'header vary', 'body keys']],
    ['closes idle connections late', '412-idle-connection', { keepAliveSeconds: 1.5 }, ['observed how']],
    [
      'does not follow redirects',
      '243-http-redirect',
      { http: { ...http, allowRedirects: false } },
      ['status'],
    ],
  ])('%s', async (_, id, broken, expected) => {
    expect(await differencesOf(id, broken)).toEqual(expect.arrayContaining([...expected]));
  });
});
