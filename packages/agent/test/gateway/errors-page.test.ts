import { expect, it } from 'vitest';
import { errorsPage, writeErrorsPage } from './errors-page.ts';

it('docs/errors.md says what the gateway says', () => {
  if (process.env.WRITE_ERRORS_PAGE === '1') writeErrorsPage();
  const { written, expected } = errorsPage();
  expect(written, 'run WRITE_ERRORS_PAGE=1 npx vitest run test/gateway/errors-page.test.ts').toBe(expected);
});
