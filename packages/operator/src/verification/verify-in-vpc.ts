import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  DIRECT_REQUEST,
  type DirectAnswer,
  parseDirectAnswer,
} from '@pixtral-fleet/infra/direct-verification';
import type { FleetClients } from '../aws/fleet-clients.ts';
import { requireStack } from '../fleet/find-stack.ts';
import { OperatorError } from '../operator-error.ts';

/**
 * Lets the stack's own Lambda check the fleet from inside the VPC: needs neither a tunnel nor the API key.
 * @throws OperatorError when the fleet cannot be checked at all
 */
export async function verifyInVpc(
  clients: Pick<FleetClients, 'cloudFormation' | 'lambda' | 'region'>,
  stackName: string,
  signal: AbortSignal,
): Promise<Extract<DirectAnswer, { kind: 'report' }>> {
  const { outputs, status } = await requireStack(clients, stackName);
  const name = outputs.VerificationFunctionName;
  if (name === undefined) {
    throw new OperatorError(
      `stack ${stackName} (${status}) names no verification Lambda: deploy this version first`,
    );
  }
  const { FunctionError, Payload } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(DIRECT_REQUEST)) }),
    { abortSignal: signal },
  );
  const text = Payload ? Buffer.from(Payload).toString('utf8') : 'null';
  if (FunctionError) {
    throw new OperatorError(
      `the verification Lambda ended with ${FunctionError}: ${text.slice(0, 300)}; see "pixtral logs --verification"`,
    );
  }
  const answer = parseDirectAnswer(JSON.parse(text));
  if (answer.kind === 'could-not-run')
    throw new OperatorError(`the fleet cannot be checked: ${answer.reason}`);
  return answer;
}
