import { PixtralFleet } from '@pixtral-fleet/infra';
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

// For an app of your own: the fleet as one construct of a stack that has other things in it, here a Lambda that asks it.
// Costs $1.21 an hour for the one instance, $0.045 for the NAT gateway, $0.03 for disk and load balancer: $950 a month.
export class InvoicesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    vpc.addFlowLog('Rejected', { trafficType: ec2.FlowLogTrafficType.REJECT });

    const fleet = new PixtralFleet(this, 'Pixtral', {
      vpc,
      capacity: { min: 1, desired: 1, max: 2 },
      maxImages: 8,
      maxModelLen: 32_768,
    });

    const reader = new lambda.Function(this, 'Reader', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(READER),
      vpc,
      // A picture may wait for others before it.
      timeout: Duration.minutes(2),
      environment: {
        PIXTRAL_ENDPOINT: fleet.endpointUrl,
        PIXTRAL_MODEL: fleet.servedModelName,
        PIXTRAL_KEY_ARN: fleet.apiKey.secretArn,
      },
    });
    // The key may be read, and the load balancer reached: nothing else.
    fleet.grantInvoke(reader);
  }
}

/** `{"image": "data:image/png;base64,…"}` in, the answer out. */
const READER = `
const { GetSecretValueCommand, SecretsManagerClient } = require('@aws-sdk/client-secrets-manager');
const { PIXTRAL_ENDPOINT, PIXTRAL_MODEL, PIXTRAL_KEY_ARN } = process.env;
const secrets = new SecretsManagerClient({});
exports.handler = async ({ image }) => {
  const { SecretString: key } = await secrets.send(new GetSecretValueCommand({ SecretId: PIXTRAL_KEY_ARN }));
  const content = [{ type: 'image_url', image_url: { url: image } }, { type: 'text', text: 'What is the total?' }];
  const response = await fetch(PIXTRAL_ENDPOINT + '/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json' },
    body: JSON.stringify({ model: PIXTRAL_MODEL, messages: [{ role: 'user', content }], max_tokens: 50 }),
  });
  if (!response.ok) throw new Error(response.status + ': ' + (await response.text()));
  return (await response.json()).choices[0].message.content;
};`;

// npx cdk deploy --app 'node examples/embedded-construct.ts'
if (import.meta.main) {
  const app = new App();
  const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION };
  new InvoicesStack(app, 'Invoices', { env });
  app.synth();
}
