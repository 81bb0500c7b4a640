import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

export function settings(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

export async function bootstrap(endpoint: string, version: string): Promise<void> {
  const ssm = new SSMClient(settings(endpoint));
  await ssm.send(
    new PutParameterCommand({
      Name: '/cdk-bootstrap/hnb659fds/version',
      Value: version,
      Type: 'String',
      Overwrite: true,
    }),
  );
  ssm.destroy();
}

/** A stack with the one output that says where the token is. */
export async function createSecretStack(endpoint: string, name: string, value: string): Promise<void> {
  const client = new CloudFormationClient(settings(endpoint));
  const template = {
    Resources: { Token: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: value } } },
    Outputs: { HuggingFaceTokenSecretArn: { Value: { Ref: 'Token' } } },
  };
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template) }));
  await waitUntilStackCreateComplete(
    { client, maxWaitTime: 30, minDelay: 1, maxDelay: 2 },
    { StackName: name },
  );
  client.destroy();
}
