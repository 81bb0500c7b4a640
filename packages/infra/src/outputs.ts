/** Names of the stack's outputs. Smoke tests, command line and rehearsal read nothing else of the stack. */
export const STACK_OUTPUTS = [
  'EndpointUrl',
  'ServedModelName',
  'ApiKeySecretArn',
  'HuggingFaceTokenSecretArn',
  'AutoScalingGroupName',
  'TargetGroupArn',
  'FilesBucketName',
  'SeederProjectName',
  'VerificationFunctionName',
  'AgentLogGroupName',
  'AlarmTopicArn',
  'DashboardUrl',
  'TunnelCommand',
  'StatusCommand',
] as const;

export type StackOutputName = (typeof STACK_OUTPUTS)[number];

export interface StackOutputs {
  readonly endpointUrl: string;
  readonly servedModelName: string;
  readonly apiKeySecretArn: string;
  readonly huggingFaceTokenSecretArn: string;
  readonly autoScalingGroupName: string;
  readonly targetGroupArn: string;
  readonly filesBucketName: string;
  /** CodeBuild project that fills the bucket; "none" where the config leaves that to you. */
  readonly seederProjectName: string;
  /** Lambda inside the VPC that checks the fleet; see `verification/direct-invocation.ts`. */
  readonly verificationFunctionName: string;
  readonly agentLogGroupName: string;
  /** Gets alarms and budget notices; subscribe to it what you like. */
  readonly alarmTopicArn: string;
  readonly dashboardUrl: string;
  readonly tunnelCommand: string;
  readonly statusCommand: string;
}

/** Reads what `cdk deploy --outputs-file` wrote for the stack. @throws Error that names what is missing. */
export function parseStackOutputs(value: unknown): StackOutputs {
  const record = typeof value === 'object' && value !== null ? value : {};
  const read = (name: StackOutputName): string => {
    const output: unknown = Reflect.get(record, name);
    if (typeof output === 'string' && output !== '') return output;
    throw new Error(`the stack has no output ${name}: was it deployed by this version?`);
  };
  return {
    endpointUrl: read('EndpointUrl'),
    servedModelName: read('ServedModelName'),
    apiKeySecretArn: read('ApiKeySecretArn'),
    huggingFaceTokenSecretArn: read('HuggingFaceTokenSecretArn'),
    autoScalingGroupName: read('AutoScalingGroupName'),
    targetGroupArn: read('TargetGroupArn'),
    filesBucketName: read('FilesBucketName'),
    seederProjectName: read('SeederProjectName'),
    verificationFunctionName: read('VerificationFunctionName'),
    agentLogGroupName: read('AgentLogGroupName'),
    alarmTopicArn: read('AlarmTopicArn'),
    dashboardUrl: read('DashboardUrl'),
    tunnelCommand: read('TunnelCommand'),
    statusCommand: read('StatusCommand'),
  };
}
