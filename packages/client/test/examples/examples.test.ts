import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, DEFAULT_BEHAVIOUR, type Simulator } from '@pixtral-fleet/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../publish/run.ts';

const packageFolder = join(import.meta.dirname, '..', '..');
const examples = join(packageFolder, 'examples');
const pages = join(packageFolder, '..', '..', 'docs', 'client');
const pictures = join(packageFolder, '..', 'simulator', 'recordings', 'images');

/** What each prints (the simulator tells of the first picture, and counts the tokens of all); `errors` prints what it caught to standard error, and must end well. */
const PRINTED: Readonly<Record<string, RegExp>> = {
  'ai-sdk': /blue.*\n1, 2, 3, 4, 5/is,
  ask: /blue/i,
  batch: /before.*blue.*\n.*after.*red.*\n.*missing.*failed/i,
  errors: /^400: max_tokens is wrong, trying again is useless\n$/,
  'openai-sdk': /blue.*\n1, 2, 3, 4, 5/is,
  'several-endpoints': /blue/i,
  'several-pictures': /blue.*\n.*blue.* \((4[1-9]|[5-9]\d|\d{3}) tokens\)\n$/is,
  streaming: /^1, 2, 3, 4, 5.* \(stop\)\n\d+ tokens\n$/s,
  'structured-output': /^colour: string, sides: number\n$/,
  telemetry: /^chat: 1 attempt, (stop|length)\n$/,
  testing: /pass 3\n.*fail 0\n/s,
  timeouts: /1, 2, 3, 4, 5/,
  tokens: /^20 tokens before it is sent\n3120 for a photo of 12 megapixels\nwith the text, more\n$/,
};

let folder = '';
let simulator: Simulator;
let endpoint = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixtral-examples-'));
  await copyFile(join(pictures, 'blue-64.png'), join(folder, 'photo.png'));
  await copyFile(join(pictures, 'blue-64.png'), join(folder, 'before.png'));
  await copyFile(join(pictures, 'red-64.png'), join(folder, 'after.png'));
  simulator = createSimulator({
    servedModelName: 'pixtral-12b',
    maxModelLen: 16_384,
    maxImages: 4,
    maxNumSeqs: 8,
    keepAliveSeconds: 5,
    behaviour: { ...DEFAULT_BEHAVIOUR, firstTokenMs: 0, perTokenMs: 0, perPictureMs: 0 },
  });
  endpoint = `http://127.0.0.1:${await simulator.listen({ host: '127.0.0.1', port: 0 })}`;
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

it('every example is run, and has a page', async () => {
  const names = (await readdir(examples)).map((file) => file.replace(/\.ts$/, ''));
  expect(names.toSorted()).toEqual(Object.keys(PRINTED).toSorted());
  const index = await readFile(join(pages, 'README.md'), 'utf8');
  expect(names.filter((name) => !index.includes(`(${name}.md)`))).toEqual([]);
});

it.each(Object.entries(PRINTED))('%s prints what it should', async (name, expected) => {
  const printed = await run(process.execPath, [join(examples, `${name}.ts`)], {
    cwd: folder,
    env: {
      ...process.env,
      PIXTRAL_ENDPOINT: endpoint,
      PIXTRAL_ENDPOINTS: `${endpoint},${endpoint}`,
      NO_COLOR: '1',
      // What this test's own runner sets must not reach the runner that an example is.
      NODE_OPTIONS: undefined,
    },
    withErrors: name === 'errors',
  });
  expect(printed).toMatch(expected);
});

it.each(Object.keys(PRINTED))('the page of %s shows it as it is', async (name) => {
  const source = await readFile(join(examples, `${name}.ts`), 'utf8');
  const page = await readFile(join(pages, `${name}.md`), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${source}\`\`\`\n`);
});
