import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';

/**
 * The config's KMS key as `encryptionKey` of whatever stores something; no property at all where there is none, and
 * AWS's own keys are used. The key's policy is its owner's: it must let each service use it (docs/security.md).
 */
export function encryptionKey(
  scope: Construct,
  { security }: Pick<ResolvedConfig, 'security'>,
): { readonly encryptionKey?: kms.IKey } {
  const { kmsKeyArn } = security;
  if (kmsKeyArn === undefined) return {};
  const imported = scope.node.tryFindChild(ID) as kms.IKey | undefined;
  return { encryptionKey: imported ?? kms.Key.fromKeyArn(scope, ID, kmsKeyArn) };
}

const ID = 'EncryptionKey';
