import { z } from 'zod';

/** What a security department may ask for beyond the defaults. */
export interface SecurityConfig {
  /**
   * ARN of a KMS key of yours for bucket, secrets, disks and logs. Its policy must let the services use it, or
   * instances end right after their launch.
   * @default - keys that AWS owns or manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARN of a managed policy that bounds every role of the stack.
   * @default - none
   */
  readonly permissionsBoundaryArn?: string;
}

export const securitySchema = z
  .strictObject({
    kmsKeyArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a KMS key')
      .optional(),
    permissionsBoundaryArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'must be the ARN of a managed policy')
      .optional(),
  })
  .readonly();

export type ResolvedSecurity = z.output<typeof securitySchema>;
