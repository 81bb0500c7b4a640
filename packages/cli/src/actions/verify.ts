import { formatSmokeReport, runChecks } from '@pixtral-fleet/smoke-tests';
import type { VerifyFlags } from '../commands/verify.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

export async function verify(flags: VerifyFlags): Promise<ExitCode> {
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
  return report.ok ? EXIT.ok : EXIT.failed;
}
