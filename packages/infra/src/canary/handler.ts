import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readApiKeys } from '@pixtral-fleet/agent';
import { METRIC_DIMENSIONS, METRIC_NAMESPACE, METRICS, type MetricId } from '@pixtral-fleet/catalog';
import { expectCertificateName } from '../verification/certificate-name.ts';
import { readVariable } from '../verification/read-variable.ts';
import { askFleet, type CanaryOutcome } from './ask-fleet.ts';

/** Below the Lambda's own timeout, so that a fleet that is silent is still told of. */
const TIMEOUT_MS = 60_000;

expectCertificateName(process.env.CERTIFICATE_NAME);

/** Invoked by the clock: asks the fleet about a picture and publishes how that went. */
export async function handler(): Promise<CanaryOutcome> {
  const outcome = await attempt();
  console.log(JSON.stringify({ message: 'canary', ...outcome }));
  await publish(outcome);
  return outcome;
}

async function attempt(): Promise<CanaryOutcome> {
  const startedAt = performance.now();
  try {
    const [apiKey = ''] = await readApiKeys(new SecretsManagerClient(), readVariable('API_KEY_SECRET_ARN'));
    return await askFleet({
      // Set by a rehearsal alone: an internal load balancer's name resolves only inside its VPC.
      endpointUrl: process.env.PIXTRAL_ENDPOINT_OVERRIDE ?? readVariable('ENDPOINT_URL'),
      apiKey,
      servedModelName: readVariable('SERVED_MODEL_NAME'),
      timeoutMs: TIMEOUT_MS,
    });
  } catch (error) {
    const answer = `the canary could not ask: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, ms: Math.round(performance.now() - startedAt), question: '', expected: '', answer };
  }
}

async function publish({ ok, ms }: CanaryOutcome): Promise<void> {
  const datum = (id: MetricId, value: number) => ({
    MetricName: METRICS[id].name,
    Unit: METRICS[id].unit,
    Value: value,
    Dimensions: [{ Name: METRIC_DIMENSIONS.fleet, Value: readVariable('STACK_NAME') }],
  });
  await new CloudWatchClient().send(
    new PutMetricDataCommand({
      Namespace: METRIC_NAMESPACE,
      MetricData: [datum('canaryFailed', ok ? 0 : 1), datum('canaryDuration', ms)],
    }),
  );
}
