import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { CHECKS } from '../src/index.ts';
import { API_KEY, startScriptedFleet } from './scripted-fleet/start-scripted-fleet.ts';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const PACKAGE = join(import.meta.dirname, '..');

/** `npm run smoke` with that environment, as a process of its own. */
async function runSuite(environment: NodeJS.ProcessEnv): Promise<{ code: unknown; output: string }> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|PIXTRAL_)/.test(name));
  const args = [VITEST, 'run', '--config', 'vitest.smoke.config.ts', '--reporter=verbose'];
  const env = { ...Object.fromEntries(inherited), ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PACKAGE, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stripVTControlCharacters(stdout + stderr) }),
    );
  });
}

test('the suite has one test a check, and passes on a right fleet', async () => {
  await using fleet = await startScriptedFleet();
  const { code, output } = await runSuite({ PIXTRAL_ENDPOINT: fleet.url, PIXTRAL_API_KEY: API_KEY });
  expect(code).toBe(0);
  for (const { name } of CHECKS) expect(output).toContain(name);
});

test('the suite fails with evidence and advice when a check fails', async () => {
  await using fleet = await startScriptedFleet('metrics-open');
  const { code, output } = await runSuite({ PIXTRAL_ENDPOINT: fleet.url, PIXTRAL_API_KEY: API_KEY });
  expect(code).toBe(1);
  expect(output).toContain('GET /metrics: 200, expected 404\n→ the endpoint must lead to');
  expect(output).toContain(`1 failed | ${CHECKS.length - 1} passed`);
});

test('the suite fails clearly without an endpoint', async () => {
  const { code, output } = await runSuite({});
  expect(code).toBe(1);
  expect(output).toContain('CouldNotRunError: PIXTRAL_ENDPOINT is not set: give the URL of a fleet');
});
