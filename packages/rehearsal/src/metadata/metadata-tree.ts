import type { MetadataServiceOptions, RoleCredentials } from './metadata-options.ts';

/** A category: entries by name. A value is read at each request; undefined stands for 404. */
export interface MetadataFolder {
  readonly [name: string]: MetadataFolder | (() => string | undefined);
}

/** EC2 renews a role's credentials at least five minutes before they expire; they are good for about six hours. */
const CREDENTIALS_MS = 6 * 60 * 60 * 1000;

/** Everything below `/latest/` that an instance of the fleet can ask for (EC2 user guide, "Instance metadata categories"). */
export function metadataTree(options: MetadataServiceOptions): MetadataFolder {
  const { identity, targetLifecycleState, spotInstanceAction, rebalanceRecommendation, tags } = options;
  const now = options.now ?? Date.now;
  const launchedAt = identity.launchedAt ?? new Date(now());
  const imageId = identity.imageId ?? 'ami-00000000000000000';
  const localIpv4 = identity.localIpv4 ?? '127.0.0.1';
  const role = identity.roleName ?? 'pixtral-instance';
  const updatedAt = isoSeconds(launchedAt);
  return {
    'meta-data': {
      'ami-id': () => imageId,
      autoscaling: { 'target-lifecycle-state': targetLifecycleState },
      events: {
        recommendations: {
          rebalance: () => {
            const noticeTime = rebalanceRecommendation?.();
            return noticeTime && JSON.stringify({ noticeTime: isoSeconds(noticeTime) });
          },
        },
      },
      iam: {
        info: () =>
          json({
            Code: 'Success',
            LastUpdated: updatedAt,
            InstanceProfileArn: `arn:aws:iam::${identity.accountId}:instance-profile/${role}`,
            InstanceProfileId: 'AIPA00000000000000000',
          }),
        'security-credentials': {
          [role]: () =>
            json(credentialsDocument(options.credentials?.() ?? testCredentials(now()), updatedAt)),
        },
      },
      'instance-id': () => identity.instanceId,
      'instance-type': () => identity.instanceType,
      'local-hostname': () => `ip-${localIpv4.replaceAll('.', '-')}.ec2.internal`,
      'local-ipv4': () => localIpv4,
      placement: { 'availability-zone': () => identity.availabilityZone, region: () => identity.region },
      spot: {
        'instance-action': () => {
          const notice = spotInstanceAction?.();
          return notice && JSON.stringify({ action: notice.action, time: isoSeconds(notice.time) });
        },
      },
      ...(tags
        ? {
            tags: {
              instance: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, () => value])),
            },
          }
        : {}),
    },
    ...(options.userData === undefined ? {} : { 'user-data': () => options.userData }),
    dynamic: {
      'instance-identity': {
        document: () =>
          json({
            accountId: identity.accountId,
            architecture: 'x86_64',
            availabilityZone: identity.availabilityZone,
            imageId,
            instanceId: identity.instanceId,
            instanceType: identity.instanceType,
            pendingTime: updatedAt,
            privateIp: localIpv4,
            region: identity.region,
            version: '2017-09-30',
          }),
      },
    },
  };
}

/**
 * The value at a path below `/latest/`, or the listing of a category: a name a line, sub-categories with a slash.
 * Undefined stands for 404.
 */
export function readMetadata(tree: MetadataFolder, path: string): string | undefined {
  let at: MetadataFolder | (() => string | undefined) = tree;
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (typeof at === 'function' || !Object.hasOwn(at, name)) return undefined;
    const next: MetadataFolder | (() => string | undefined) | undefined = at[name];
    if (next === undefined) return undefined;
    at = next;
  }
  if (typeof at === 'function') return path.endsWith('/') ? undefined : at();
  return listing(at);
}

/** Entries that have nothing to say at this moment are not listed. */
function listing(folder: MetadataFolder): string {
  const lines = Object.entries(folder).flatMap(([name, entry]) => {
    if (typeof entry === 'function') return entry() === undefined ? [] : [name];
    return listing(entry) === '' ? [] : [`${name}/`];
  });
  return lines.join('\n');
}

function credentialsDocument(
  credentials: RoleCredentials,
  updatedAt: string,
): Readonly<Record<string, string>> {
  return {
    Code: 'Success',
    LastUpdated: updatedAt,
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: isoSeconds(credentials.expiration),
  };
}

function testCredentials(now: number): RoleCredentials {
  return {
    accessKeyId: 'test',
    secretAccessKey: 'test',
    sessionToken: 'test',
    expiration: new Date(now + CREDENTIALS_MS),
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** EC2 writes times without fractions of a second. */
function isoSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
