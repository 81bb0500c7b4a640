import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';

/** Bounds every role below `scope`, those of the CDK's own helpers included. */
export function applyPermissionsBoundary(
  scope: Construct,
  { security }: Pick<ResolvedConfig, 'security'>,
): void {
  const { permissionsBoundaryArn } = security;
  if (permissionsBoundaryArn === undefined) return;
  const policy = iam.ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', permissionsBoundaryArn);
  iam.PermissionsBoundary.of(scope).apply(policy);
}
