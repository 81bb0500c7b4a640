import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readApiKeys } from '@pixtral-fleet/agent';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { type Outcome, respond } from './respond.ts';
import { verifyFleet } from './verify-fleet.ts';

/** Left of Lambda's time for the answer to CloudFormation. */
const ANSWER_MS = 20_000;

/** The stack's verification: always answers CloudFormation, whatever happens. */
export async function handler(event: CloudFormationCustomResourceEvent, context: Context): Promise<void> {
  const outcome =
    event.RequestType === 'Delete'
      ? { ok: true, reason: 'nothing to delete' }
      : await attempt(event, context);
  console.log(JSON.stringify({ message: 'verification', request: event.RequestType, ...outcome }));
  await respond(event, outcome);
}

async function attempt(event: CloudFormationCustomResourceEvent, context: Context): Promise<Outcome> {
  try {
    return await verify(event, () => context.getRemainingTimeInMillis() - ANSWER_MS);
  } catch (error) {
    return {
      ok: false,
      reason: `verification could not run: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

async function verify(event: CloudFormationCustomResourceEvent, remainingMs: () => number): Promise<Outcome> {
  const [apiKey = ''] = await readApiKeys(new SecretsManagerClient(), need('API_KEY_SECRET_ARN'));
  return verifyFleet({
    clients: {
      autoScaling: new AutoScalingClient(),
      s3: new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    },
    names: {
      autoScalingGroup: need('AUTO_SCALING_GROUP'),
      bucket: need('BUCKET'),
      bootReportPrefix: need('BOOT_REPORT_PREFIX'),
      launchTemplateVersion: String(event.ResourceProperties.launchTemplateVersion),
    },
    // Set by a rehearsal alone: an internal load balancer's name resolves only inside its VPC.
    endpointUrl: process.env.PIXTRAL_ENDPOINT_OVERRIDE ?? need('ENDPOINT_URL'),
    apiKey,
    servedModelName: need('SERVED_MODEL_NAME'),
    remainingMs,
  });
}

function need(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
}
