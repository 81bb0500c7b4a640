import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { ResolvedConfig } from '@pixtral-fleet/infra/config';
import type { ModelLock } from '@pixtral-fleet/infra/lock';
import type { Finding } from './finding.ts';

export interface DoctorClients {
  readonly cloudFormation: CloudFormationClient;
  readonly ec2: EC2Client;
  readonly secretsManager: SecretsManagerClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Who the credentials belong to, and what AWS's clock said when it answered. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  /** How far this machine's clock is ahead of AWS's, in milliseconds; undefined when AWS did not say. */
  readonly clockAheadMs: number | undefined;
}

/** What checks look at. All of it can be given by a test. */
export interface DoctorContext {
  readonly config: ResolvedConfig;
  /** Which revisions are served. */
  readonly lock: ModelLock;
  readonly clients: DoctorClients;
  /** Rejects when AWS cannot be reached or takes no credentials; asked once for all checks. */
  readonly caller: Promise<Caller>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Node that runs this, such as `26.10.0`. */
  readonly nodeVersion: string;
  /** Look-ups that synth keeps: `cdk.context.json`. */
  readonly cdkContext: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

export interface DoctorCheck {
  /** Stable: scripts look for it in the JSON. */
  readonly id: string;
  /** What it asks of the outside; checks of AWS are not run when there are no credentials. */
  readonly needs: 'nothing' | 'aws' | 'internet';
  /** IAM actions that it calls, to be named when one is refused. */
  readonly actions?: readonly string[];
  readonly run: (context: DoctorContext) => Promise<Finding>;
}
