import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Caller } from './doctor-check.ts';

/** Account and identity of the credentials, and AWS's clock against this machine's. */
export async function askCaller(sts: STSClient, signal: AbortSignal): Promise<Caller> {
  let clockAheadMs: number | undefined;
  sts.middlewareStack.add(
    (next) => async (request) => {
      const answer = await next(request);
      clockAheadMs = aheadOf(answer.response) ?? clockAheadMs;
      return answer;
    },
    { step: 'deserialize', name: 'readClock', priority: 'low' },
  );
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}), {
    abortSignal: signal,
  });
  return { account: Account, arn: Arn, clockAheadMs };
}

/** From the `Date` header, which has whole seconds. */
function aheadOf(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return undefined;
  const at = Date.parse(String(headers.date));
  return Number.isNaN(at) ? undefined : Date.now() - at;
}
