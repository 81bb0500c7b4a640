import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readApiKeys } from '@pixtral-fleet/agent';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { expectCertificateName } from './certificate-name.ts';
import { type DIRECT_REQUEST, type DirectAnswer, isDirectRequest } from './direct-invocation.ts';
import { readVariable } from './read-variable.ts';
import { type Outcome, respond } from './respond.ts';
import { type FleetAccess, verifyFleet } from './verify-fleet.ts';
import { verifyNow } from './verify-now.ts';

/** Left of Lambda's time for the answer to CloudFormation. */
const ANSWER_MS = 20_000;

expectCertificateName(process.env.CERTIFICATE_NAME);

/**
 * The stack's verification. As a custom resource it always answers CloudFormation, whatever happens; invoked directly it
 * checks what serves now and returns the report.
 */
export async function handler(
  event: CloudFormationCustomResourceEvent | typeof DIRECT_REQUEST,
  context: Context,
): Promise<DirectAnswer | undefined> {
  if (!('RequestType' in event)) return answerDirectly(event);
  await answerCloudFormation(event, context);
  return undefined;
}

async function answerCloudFormation(
  event: CloudFormationCustomResourceEvent,
  context: Context,
): Promise<void> {
  const outcome =
    event.RequestType === 'Delete'
      ? { ok: true, reason: 'nothing to delete' }
      : await attempt(event, context);
  console.log(JSON.stringify({ message: 'verification', request: event.RequestType, ...outcome }));
  await respond(event, outcome);
}

async function attempt(event: CloudFormationCustomResourceEvent, context: Context): Promise<Outcome> {
  try {
    const endsAt = performance.now() + budgetMs(context) - ANSWER_MS;
    return await verify(event, () => endsAt - performance.now());
  } catch (error) {
    return {
      ok: false,
      reason: `verification could not run: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Less than Lambda's time in a rehearsal alone, where instances that never come are not waited for as long. */
function budgetMs(context: Context): number {
  const seconds = process.env.PIXTRAL_VERIFICATION_SECONDS;
  const lambdaMs = context.getRemainingTimeInMillis();
  return seconds === undefined ? lambdaMs : Math.min(lambdaMs, Number(seconds) * 1_000);
}

async function answerDirectly(event: object): Promise<DirectAnswer> {
  try {
    if (!isDirectRequest(event)) throw new Error(`unknown request ${JSON.stringify(event).slice(0, 200)}`);
    const answer = await verifyNow(await openFleet());
    console.log(JSON.stringify({ message: 'verification on request', ...answer }));
    return answer;
  } catch (error) {
    return { kind: 'could-not-run', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function verify(event: CloudFormationCustomResourceEvent, remainingMs: () => number): Promise<Outcome> {
  const launchTemplateVersion = String(event.ResourceProperties.launchTemplateVersion);
  return verifyFleet({ ...(await openFleet()), launchTemplateVersion, remainingMs });
}

async function openFleet(): Promise<FleetAccess> {
  const [apiKey = ''] = await readApiKeys(new SecretsManagerClient(), readVariable('API_KEY_SECRET_ARN'));
  return {
    clients: {
      autoScaling: new AutoScalingClient(),
      s3: new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    },
    names: {
      autoScalingGroup: readVariable('AUTO_SCALING_GROUP'),
      bucket: readVariable('BUCKET'),
      bootReportPrefix: readVariable('BOOT_REPORT_PREFIX'),
    },
    // Set by a rehearsal alone: an internal load balancer's name resolves only inside its VPC.
    endpointUrl: process.env.PIXTRAL_ENDPOINT_OVERRIDE ?? readVariable('ENDPOINT_URL'),
    apiKey,
    servedModelName: readVariable('SERVED_MODEL_NAME'),
  };
}
