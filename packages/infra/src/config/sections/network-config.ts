import { z } from 'zod';
import { certificateArn, cidrBlock, hostName, prefixLength, subnetId, vpcId } from './network-names.ts';

/** Where the fleet lives and who reaches it. */
export interface NetworkConfig {
  /**
   * - `isolated`: a VPC of its own without any way to the internet; AWS is reached by VPC endpoints.
   * - `nat`: a VPC of its own whose instances reach the internet through one NAT gateway.
   * - `existing`: the VPC named by `vpcId`, or passed to the construct.
   * @default 'isolated'
   */
  readonly mode?: 'isolated' | 'nat' | 'existing';
  /**
   * Addresses of a VPC of its own, a /16 to /24. Must not overlap with networks that are to reach the fleet. Refused
   * with `existing`.
   * @default '10.42.0.0/16'
   */
  readonly cidr?: string;
  /**
   * Availability zones to use, at least 2 (a load balancer needs them). More zones find more capacity, and in
   * `isolated` cost more endpoints. Refused with `existing`.
   * @default 2
   */
  readonly maxAzs?: number;
  /**
   * Zones of a VPC of its own by name, such as `us-east-1a`. Names mean another place in every account: `pixtral doctor`
   * tells which of yours have the instance types. Changing them moves the subnets, which a deployed fleet does not bear.
   * @default - the first `maxAzs` that are known to have the instance types, most wanted type first
   */
  readonly availabilityZones?: readonly string[];
  /**
   * Id of the VPC for `existing`. Synth looks it up once and keeps what it found in `cdk.context.json`.
   * @default - none; `existing` is refused without
   */
  readonly vpcId?: string;
  /**
   * Subnets of an existing VPC for instances, balancer and Lambdas: one each in at least two zones.
   * @default - its private subnets, or its isolated ones where it has no private ones; one in each zone
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether to add the VPC endpoints that are needed to an existing VPC. One that has them already refuses a second
   * one with private DNS: the deployment fails. Without them the subnets need another way to AWS.
   * @default false
   */
  readonly createEndpoints?: boolean;
  /**
   * IPv4 ranges whose clients may connect to the load balancer, /8 or narrower. An empty list lets in only those that
   * the construct's `connections` are told.
   * @default - the VPC's own range
   */
  readonly allowedCidrs?: readonly string[];
  /**
   * ARN of an ACM certificate in the region: the load balancer then speaks HTTPS on port 443 and nothing else. Give
   * `domain.name` with it: clients must use a name that the certificate is for. A private authority's certificate is
   * refused by the stack's own verification, which knows the public authorities only.
   * @default - none: HTTP on port 80, inside the VPC
   */
  readonly certificateArn?: string;
  /**
   * A name of your own for the load balancer. A certificate must be for this name.
   * @default - none: the name that AWS gives it
   */
  readonly domain?: DomainConfig;
  /**
   * Seconds that a connection may be silent, 1 to 3600. An answer that is not streamed is silent until it is whole:
   * less than the longest of them cuts it with a 504.
   * @default 300
   */
  readonly idleTimeoutSeconds?: number;
}

export interface DomainConfig {
  /** Full name, such as `pixtral.internal.example.com`: inside the zone. */
  readonly name: string;
  /**
   * Name of the private Route 53 zone, such as `internal.example.com`.
   * @default - none: no record is made; make one in your own DNS that points to the load balancer
   */
  readonly zoneName?: string;
  /**
   * Id of an existing private zone that is associated with the VPC.
   * @default - a zone is made for the VPC
   */
  readonly zoneId?: string;
}

interface Reach {
  readonly allowedCidrs?: readonly string[] | undefined;
  readonly certificateArn?: string | undefined;
  readonly domain?:
    | {
        readonly name: string;
        readonly zoneName?: string | undefined;
        readonly zoneId?: string | undefined;
      }
    | undefined;
  readonly idleTimeoutSeconds: number;
}

/** A VPC that is made for the fleet. */
export interface OwnNetwork extends Reach {
  readonly mode: 'isolated' | 'nat';
  readonly cidr: string;
  readonly maxAzs: number;
  readonly availabilityZones?: readonly string[] | undefined;
}

/** A VPC that was there before; `vpcId` is missing where the construct is passed the VPC. */
export interface ExistingNetwork extends Reach {
  readonly mode: 'existing';
  readonly vpcId?: string | undefined;
  readonly subnetIds?: readonly string[] | undefined;
  readonly createEndpoints: boolean;
}

export type ResolvedNetwork = OwnNetwork | ExistingNetwork;

/** An Application Load Balancer takes 4,000; the gateway keeps connections 15 s longer. */
const LONGEST_IDLE_SECONDS = 3_600;

const options = z
  .strictObject({
    mode: z.enum(['isolated', 'nat', 'existing']).default('isolated'),
    cidr: cidrBlock
      .refine((value) => prefixLength(value) >= 16 && prefixLength(value) <= 24, 'must be a /16 to /24')
      .optional(),
    maxAzs: z.number().int().min(2).max(6).optional(),
    availabilityZones: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'must be a zone such as us-east-1a'))
      .min(2, 'needs two zones: a load balancer is in two')
      .refine((zones) => new Set(zones).size === zones.length, 'must not name a zone twice')
      .readonly()
      .optional(),
    vpcId: vpcId.optional(),
    subnetIds: z.array(subnetId).min(2, 'needs subnets in two zones').readonly().optional(),
    createEndpoints: z.boolean().optional(),
    allowedCidrs: z
      .array(cidrBlock.refine((value) => prefixLength(value) >= 8, 'must be a /8 or narrower'))
      .readonly()
      .optional(),
    certificateArn: certificateArn.optional(),
    domain: z
      .strictObject({ name: hostName, zoneName: hostName.optional(), zoneId: z.string().min(1).optional() })
      .readonly()
      .optional(),
    idleTimeoutSeconds: z.number().int().min(1).max(LONGEST_IDLE_SECONDS).default(300),
  })
  .superRefine((network, context) => {
    for (const [option, problem] of findMisplaced(network))
      context.addIssue({ code: 'custom', path: [option], message: problem });
  });

export const networkSchema = options.transform(resolveMode).readonly();

type Options = z.output<typeof options>;

/** Options that say something about another mode: whoever gives them expects what will not happen. */
function findMisplaced(network: Options): (readonly [keyof Options, string])[] {
  const { mode, availabilityZones, maxAzs } = network;
  const misplaced = mode === 'existing' ? OF_OWN_VPC : OF_EXISTING_VPC;
  const hint =
    mode === 'existing'
      ? 'an existing VPC has its own: leave it out'
      : "it is for mode 'existing': set the mode, or leave it out";
  const found = misplaced
    .filter((option) => network[option] !== undefined)
    .map((option) => [option, `does not go with mode '${mode}'; ${hint}`] as const);
  if (availabilityZones && maxAzs !== undefined && maxAzs !== availabilityZones.length) {
    return [
      ...found,
      ['maxAzs', `says ${maxAzs}, but availabilityZones names ${availabilityZones.length}: leave one out`],
    ];
  }
  return found;
}

const OF_OWN_VPC = ['cidr', 'maxAzs', 'availabilityZones'] as const;
const OF_EXISTING_VPC = ['vpcId', 'subnetIds', 'createEndpoints'] as const;

function resolveMode(network: Options): ResolvedNetwork {
  const { allowedCidrs, certificateArn, domain, idleTimeoutSeconds } = network;
  const reach = { allowedCidrs, certificateArn, domain, idleTimeoutSeconds };
  const { mode, cidr, maxAzs, availabilityZones, vpcId, subnetIds, createEndpoints } = network;
  if (mode === 'existing') {
    return { mode, vpcId, subnetIds, createEndpoints: createEndpoints ?? false, ...reach };
  }
  return {
    mode,
    cidr: cidr ?? '10.42.0.0/16',
    maxAzs: maxAzs ?? availabilityZones?.length ?? 2,
    availabilityZones,
    ...reach,
  };
}
