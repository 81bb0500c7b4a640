import { z } from 'zod';

/** Where the fleet lives and who reaches it. */
export interface NetworkConfig {
  /**
   * - `isolated`: a VPC of its own without any way to the internet; AWS is reached by VPC endpoints.
   * - `nat`: a VPC of its own whose instances reach the internet through one NAT gateway.
   * - `existing`: the VPC named by `vpcId`.
   * @default 'isolated'
   */
  readonly mode?: 'isolated' | 'nat' | 'existing';
  /**
   * Addresses of a VPC of its own, a /16 to /24. Must not overlap with networks that are to reach the fleet.
   * @default '10.42.0.0/16'
   */
  readonly cidr?: string;
  /**
   * Availability zones to use, at least 2 (a load balancer needs them). More zones find more capacity, and in
   * `isolated` cost more endpoints.
   * @default 2
   */
  readonly maxAzs?: number;
  /**
   * Id of the VPC for `existing`. Synth looks it up once and keeps what it found in `cdk.context.json`.
   * @default - none; `existing` is refused without
   */
  readonly vpcId?: string;
  /**
   * Subnets of an existing VPC for instances, balancer and Lambdas, in at least two zones.
   * @default - its private subnets
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether to add the VPC endpoints that are needed to an existing VPC. One that has them already refuses a second
   * one with private DNS: the deployment fails.
   * @default false
   */
  readonly createEndpoints?: boolean;
  /**
   * IPv4 ranges whose clients may connect to the load balancer.
   * @default - the VPC's own range
   */
  readonly allowedCidrs?: readonly string[];
  /**
   * ARN of an ACM certificate in the region: the load balancer then speaks HTTPS on port 443 and nothing else.
   * @default - none: HTTP on port 80, inside the VPC
   */
  readonly certificateArn?: string;
  /**
   * A name for the load balancer in a private hosted zone. A certificate must be for this name.
   * @default - none: the name that AWS gives it
   */
  readonly domain?: DomainConfig;
}

export interface DomainConfig {
  /** Full name, such as `pixtral.internal.example.com`: inside the zone. */
  readonly name: string;
  /** Name of the private hosted zone, such as `internal.example.com`. */
  readonly zoneName: string;
  /**
   * Id of an existing private zone that is associated with the VPC.
   * @default - a zone is made for the VPC
   */
  readonly zoneId?: string;
}

const cidr = z.cidrv4();
const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a DNS name such as pixtral.internal.example.com',
  );

export const networkSchema = z
  .strictObject({
    mode: z.enum(['isolated', 'nat', 'existing']).default('isolated'),
    cidr: cidr
      .refine((value) => isBetween(Number(value.split('/')[1]), 16, 24), 'must be a /16 to /24')
      .default('10.42.0.0/16'),
    maxAzs: z.number().int().min(2).max(6).default(2),
    vpcId: z
      .string()
      .regex(/^vpc-[0-9a-f]{8,17}$/, 'must be the id of a VPC such as vpc-0123456789abcdef0')
      .optional(),
    subnetIds: z
      .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet'))
      .min(2, 'needs subnets in two zones')
      .readonly()
      .optional(),
    createEndpoints: z.boolean().default(false),
    allowedCidrs: z.array(cidr).min(1).readonly().optional(),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        'must be the ARN of an ACM certificate',
      )
      .optional(),
    domain: z
      .strictObject({ name: hostName, zoneName: hostName, zoneId: z.string().min(1).optional() })
      .optional(),
  })
  .readonly();

export type ResolvedNetwork = z.output<typeof networkSchema>;

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
