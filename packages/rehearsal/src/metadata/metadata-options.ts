/** Who the instance is. */
export interface InstanceIdentity {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly region: string;
  readonly accountId: string;
  /** @default ami-00000000000000000 */
  readonly imageId?: string;
  /** The first of its name is made of it. @default 127.0.0.1 */
  readonly localIpv4?: string;
  /** Name of the role that its instance profile holds. @default pixtral-instance */
  readonly roleName?: string;
  /** @default - the time at which the service starts */
  readonly launchedAt?: Date;
}

/** Temporary credentials of the instance's role. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** A Spot interruption notice. */
export interface SpotInstanceAction {
  readonly action: 'terminate' | 'stop' | 'hibernate';
  readonly time: Date;
}

export interface MetadataServiceOptions {
  readonly identity: InstanceIdentity;
  /** State that Auto Scaling wants the instance in, such as `InService` or `Terminated`; asked at each request. */
  readonly targetLifecycleState: () => string;
  /** Asked at each request. @default - the emulated AWS's `test` key, good for 6 hours from each request */
  readonly credentials?: () => RoleCredentials;
  /** The Spot notice, asked at each request. @default - never one, 404 */
  readonly spotInstanceAction?: () => SpotInstanceAction | undefined;
  /** When EC2 recommended to replace the Spot instance, asked at each request. @default - never, 404 */
  readonly rebalanceRecommendation?: () => Date | undefined;
  /** The instance's tags, where metadata may show them. @default - 404, as with tags in metadata turned off */
  readonly tags?: Readonly<Record<string, string>>;
  /** What the instance runs at its first boot. @default - 404, as without user data */
  readonly userData?: string;
  /**
   * Clients with such a user agent may read without a session token: cloud-init asks for one only where a hypervisor tells
   * it that it is on EC2.
   * @default - none
   */
  readonly tokenlessAgent?: RegExp;
  /** Port on 127.0.0.1. @default 0, any free port */
  readonly port?: number;
  /** Milliseconds since the epoch; decides when tokens expire. @default Date.now */
  readonly now?: () => number;
}
