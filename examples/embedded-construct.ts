import { PixtralFleet } from '@pixtral-fleet/infra';
import { App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** For an app of your own: the fleet as one construct of a stack that has other things in it. Costs as the default. */
export class InvoicesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const fleet = new PixtralFleet(this, 'Pixtral', {
      capacity: { min: 1, desired: 1, max: 2 },
      maxImages: 8,
      maxModelLen: 32_768,
    });
    new CfnOutput(this, 'PixtralUrl', { value: fleet.endpointUrl });
  }
}

// `npx cdk deploy --app 'node examples/embedded-construct.ts'`
if (import.meta.main) {
  new InvoicesStack(new App(), 'Invoices', {
    env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
  }).node.root;
}
