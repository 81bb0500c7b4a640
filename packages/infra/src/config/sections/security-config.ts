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
  /**
   * Has the load balancer check a JSON Web Token in `Authorization: Bearer` before anything reaches an instance. Clients
   * then send their API key as `X-Api-Key`. Needs `network.certificateArn`.
   * @default - none: API keys alone
   */
  readonly jwt?: JwtConfig;
}

/** Tokens that the load balancer takes: signed with RS256, not expired, with these claims. */
export interface JwtConfig {
  /** The claim `iss`, exactly, such as `https://login.example.com/tenant`. Another value refuses every request with 401. */
  readonly issuer: string;
  /**
   * HTTPS URL of the issuer's public keys (JWKS), at most 10 keys and 150 KB. The load balancer must reach it: where it
   * cannot, every request is refused.
   */
  readonly jwksUrl: string;
  /** The claim `aud`. Without it tokens that the issuer made for other services would count here. */
  readonly audience: string;
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
    jwt: z
      .strictObject({
        issuer: z.string().min(1, 'must be the claim iss').max(256, 'must be at most 256 characters'),
        jwksUrl: z
          .string()
          .regex(/^https:\/\/[a-z0-9.-]+(:\d+)?\/\S{1,200}$/i, 'must be an https:// URL with a path'),
        audience: z.string().min(1, 'must be the claim aud').max(256, 'must be at most 256 characters'),
      })
      .readonly()
      .optional(),
  })
  .readonly();

export type ResolvedSecurity = z.output<typeof securitySchema>;
