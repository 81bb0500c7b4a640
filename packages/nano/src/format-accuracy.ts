import type { KindAccuracy } from './accuracy.ts';

/** The measured accuracy as Markdown tables: what was asked, and the most frequent mistakes. */
export function formatAccuracy(results: readonly KindAccuracy[]): string {
  const rows = results.map(
    ({ name, asked, right }) =>
      `| ${name} | ${right} of ${asked} | ${((100 * right) / asked).toFixed(1)} % |`,
  );
  const mistakes = results
    .filter(({ name }) => !name.endsWith('missing') && !name.endsWith('blank'))
    .flatMap(({ name, mistakes }) =>
      mistakes.map(({ expected, answered, times }) => `| ${name} | ${expected} | ${answered} | ${times} |`),
    );
  return [
    '| questions | right | |',
    '|---|---|---|',
    ...rows,
    '',
    'The most frequent mistakes:',
    '',
    '| questions | expected | answered | times |',
    '|---|---|---|---|',
    ...mistakes,
  ].join('\n');
}
