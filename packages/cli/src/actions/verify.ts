import { formatSmokeReport, runChecks, type SmokeReport } from '@pixtral-fleet/smoke-tests';
import type { VerifyFlags } from '../commands/verify.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { print } from '../output/print.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

export async function verify(flags: VerifyFlags): Promise<ExitCode> {
  const { signal } = interruptSignal();
  const report = flags.inVpc ? await askLambda(flags, signal) : await checkFromHere(flags, signal);
  print(report, { json: flags.json, format: formatSmokeReport });
  return report.ok ? EXIT.ok : EXIT.failed;
}

async function checkFromHere(flags: VerifyFlags, signal: AbortSignal): Promise<SmokeReport> {
  const endpoint = await resolveEndpoint(flags);
  return runChecks({
    baseUrl: endpoint.url,
    apiKey: endpoint.apiKey,
    model: endpoint.model,
    signal,
    onCheck: (check) => {
      if (process.stderr.isTTY) console.error(`${check.ok ? '✓' : '✗'} ${check.name}`);
    },
  });
}

async function askLambda(flags: VerifyFlags, signal: AbortSignal): Promise<SmokeReport> {
  if (flags.endpoint !== undefined)
    throw new UsageError('--in-vpc asks the endpoint of the stack: leave out --endpoint');
  // Imported only now: checking from here needs no AWS.
  const [{ openFleet }, { verifyInVpc }] = await Promise.all([
    import('../open-fleet.ts'),
    import('@pixtral-fleet/operator/verification'),
  ]);
  const { clients, stackName } = await openFleet(flags);
  return (await verifyInVpc(clients, stackName, signal)).report;
}
