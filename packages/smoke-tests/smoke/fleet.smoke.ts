import { beforeAll, describe, expect, test } from 'vitest';
import { CHECKS, CouldNotRunError, runChecks, type SmokeReport } from '../src/index.ts';

const { PIXTRAL_ENDPOINT, PIXTRAL_API_KEY = '', PIXTRAL_MODEL = 'pixtral-12b' } = process.env;
if (!PIXTRAL_ENDPOINT) {
  throw new CouldNotRunError(
    'PIXTRAL_ENDPOINT is not set: give the URL of a fleet, with PIXTRAL_API_KEY and, unless it is pixtral-12b, PIXTRAL_MODEL',
  );
}

describe(`${PIXTRAL_MODEL} at ${PIXTRAL_ENDPOINT}`, () => {
  let report: SmokeReport;
  // Together and in order: what an earlier check finds can make the later ones pointless.
  beforeAll(async () => {
    report = await runChecks({ baseUrl: PIXTRAL_ENDPOINT, apiKey: PIXTRAL_API_KEY, model: PIXTRAL_MODEL });
  });

  test.each(CHECKS.map(({ name }) => name))('%s', (name) => {
    const check = report.checks.find((each) => each.name === name);
    expect(check?.ok, [check?.evidence, check?.advice].filter(Boolean).join('\n→ ')).toBe(true);
  });
});
