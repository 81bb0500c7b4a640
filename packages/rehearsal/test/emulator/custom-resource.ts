/** As CloudFormation reads it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: object;
  readonly DependsOn?: string;
  readonly UpdatePolicy?: object;
}

export const ref = (name: string) => ({ Ref: name });
export const attribute = (resource: string, name: string) => ({ 'Fn::GetAtt': [resource, name] });

/** A Lambda of this source (CommonJS, exports `handler`) and a custom resource that it answers for, after the group. */
export function customResource(source: string): Record<string, Resource> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  return {
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
    Verifier: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...{ Runtime: 'nodejs22.x', Handler: 'index.handler', Code: { ZipFile: source }, Timeout: 900 },
        Role: attribute('Role', 'Arn'),
      },
    },
    Verification: {
      Type: 'Custom::Verification',
      DependsOn: 'Group',
      Properties: {
        ...{ ServiceToken: attribute('Verifier', 'Arn'), ServiceTimeout: '60' },
        Version: attribute('LaunchTemplate', 'LatestVersionNumber'),
      },
    },
  };
}
