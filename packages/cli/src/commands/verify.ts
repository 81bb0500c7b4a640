import { formatSmokeReport, runChecks } from '@pixtral-fleet/smoke-tests';
import type { Command } from 'commander';
import { addEndpointOptions, type EndpointFlags, resolveEndpoint } from '../endpoint-options.ts';
import { EXIT } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import type { SetExitCode } from '../program.ts';

/** `pixtral verify`: the smoke tests against a running fleet. */
export function addVerify(program: Command, setExitCode: SetExitCode): void {
  addEndpointOptions(
    program
      .command('verify')
      .description('check that a fleet really serves: models, keys, text, pictures, streams, refusals')
      .option('--json', 'print the report as JSON'),
  ).action(async (flags: EndpointFlags & { readonly json?: boolean }) => {
    const endpoint = await resolveEndpoint(flags);
    const report = await runChecks({
      baseUrl: endpoint.url,
      apiKey: endpoint.apiKey,
      model: endpoint.model,
      signal: interruptSignal().signal,
      onCheck: (check) => {
        if (process.stderr.isTTY) console.error(`${check.ok ? '✓' : '✗'} ${check.name}`);
      },
    });
    console.log(flags.json ? JSON.stringify(report) : formatSmokeReport(report));
    setExitCode(report.ok ? EXIT.ok : EXIT.failed);
  });
}
