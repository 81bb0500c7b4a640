const ref = (name: string) => ({ Ref: name });

/** Source of a Lambda that answers a direct request as the stack's verification does. */
const PASSING = lambdaThatReturns({
  kind: 'report',
  instances: ['i-1'],
  report: {
    ...{ version: 1, ok: true, endpoint: 'http://inside', model: 'pixtral-12b', startedAt: '', ms: 5 },
    checks: [{ name: 'reachable', ok: true, ms: 5, evidence: 'GET /v1/models answered 200' }],
  },
});

export const IDLE = lambdaThatReturns({
  kind: 'could-not-run',
  reason: 'no instance is in service, 1 are desired',
});

export interface OperatedTemplateOptions {
  readonly endpointUrl: string;
  /** @default PASSING */
  readonly lambda?: string;
  /** Text of the user data: changing it makes a new launch template version. @default 'one' */
  readonly userData?: string;
  /** @default 'Delete' */
  readonly bucketPolicy?: 'Delete' | 'Retain';
}

/** A stack with the outputs of a fleet's and the parts that operators look at; its one instance waits at the launch hook. */
export function operatedTemplate(options: OperatedTemplateOptions): string {
  const version = { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] };
  const subnet = { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock: '10.7.0.0/24' } };
  return JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.7.0.0/16' } },
      Subnet: subnet,
      Files: { Type: 'AWS::S3::Bucket', DeletionPolicy: options.bucketPolicy ?? 'Delete' },
      Key: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true } },
      },
      Token: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
      AgentLogs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
      VerificationHandler: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...{
            Runtime: 'nodejs24.x',
            Handler: 'index.handler',
            Code: { ZipFile: options.lambda ?? PASSING },
          },
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
      },
      Template: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            ...{ ImageId: 'ami-1', InstanceType: 'g5.2xlarge' },
            UserData: { 'Fn::Base64': options.userData ?? 'one' },
          },
        },
      },
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          ...{ MinSize: '0', MaxSize: '2', DesiredCapacity: '1', VPCZoneIdentifier: [ref('Subnet')] },
          LaunchTemplate: { LaunchTemplateId: ref('Template'), Version: version },
          LifecycleHookSpecificationList: [
            {
              ...{ LifecycleHookName: 'ready', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
              ...{ HeartbeatTimeout: 600, DefaultResult: 'ABANDON' },
            },
          ],
        },
      },
    },
    Outputs: outputs({
      EndpointUrl: options.endpointUrl,
      ServedModelName: 'pixtral-12b',
      ApiKeySecretArn: ref('Key'),
      HuggingFaceTokenSecretArn: ref('Token'),
      AutoScalingGroupName: ref('Group'),
      FilesBucketName: ref('Files'),
      VerificationFunctionName: ref('VerificationHandler'),
      AgentLogGroupName: ref('AgentLogs'),
    }),
  });
}

function outputs(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(values).map(([name, Value]) => [name, { Value }]));
}

function lambdaThatReturns(answer: object): string {
  return `exports.handler = async (event) => event.action === 'verify' ? ${JSON.stringify(answer)} : {};`;
}
