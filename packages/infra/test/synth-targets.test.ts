import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../src/bundle/cache-folder.ts';
import { listSynthTargets } from '../src/synth/synth-targets.ts';

it('leaves out no example: each is synthesised and checked, or it is not promised', () => {
  const examples = readdirSync(join(REPOSITORY, 'examples'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/(\.config)?\.ts$/, ''));
  expect(examples.length).toBeGreaterThan(8);
  expect(
    listSynthTargets()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([...examples, 'pixtral'].toSorted());
});
