import { request } from 'undici';

export interface SpotInterruption {
  /** When, on EC2's clock; undefined where the notice cannot be read. */
  readonly takenAt: Date | undefined;
}

/** The instance metadata service, version 2 only. */
export interface InstanceMetadata {
  instanceId(): Promise<string>;
  /** EC2 instance type, such as `g5.2xlarge`. */
  instanceType(): Promise<string>;
  /** `InService`, `Terminated`, …; undefined when the instance is in no Auto Scaling group. */
  targetLifecycleState(): Promise<string | undefined>;
  /** EC2's announcement that it will take this Spot instance back; undefined when there is none. */
  spotInterruption(): Promise<SpotInterruption | undefined>;
  /** Whether EC2 says that this Spot instance is likelier than others to be taken back. */
  rebalanceRecommendation(): Promise<boolean>;
}

const TOKEN_TTL_SECONDS = 21_600;
const TIMEOUT_MS = 2_000;

/** `AWS_EC2_METADATA_SERVICE_ENDPOINT` is AWS's own override, which its SDKs honour too. */
export function createInstanceMetadata(
  endpoint: string = process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? 'http://169.254.169.254',
): InstanceMetadata {
  let token: string | undefined;

  async function fetchToken(): Promise<string> {
    const { statusCode, body } = await request(new URL('/latest/api/token', endpoint), {
      method: 'PUT',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(TOKEN_TTL_SECONDS) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode !== 200)
      throw new Error(`the metadata service at ${endpoint} refused a token: status ${statusCode}`);
    return text;
  }

  async function read(path: string, mayRenew = true): Promise<string | undefined> {
    token ??= await fetchToken();
    const { statusCode, body } = await request(new URL(`/latest/meta-data/${path}`, endpoint), {
      headers: { 'x-aws-ec2-metadata-token': token },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode === 200) return text;
    if (statusCode === 404) return undefined;
    if (statusCode === 401 && mayRenew) {
      token = undefined;
      return read(path, false);
    }
    throw new Error(`the metadata service answered ${path} with status ${statusCode}`);
  }

  async function need(path: string): Promise<string> {
    const value = await read(path);
    if (value) return value;
    throw new Error(`the metadata service at ${endpoint} knows no ${path}: not an EC2 instance?`);
  }

  return {
    instanceId: () => need('instance-id'),
    instanceType: () => need('instance-type'),
    targetLifecycleState: () => read('autoscaling/target-lifecycle-state'),
    async spotInterruption() {
      const notice = await read('spot/instance-action');
      return notice === undefined ? undefined : { takenAt: parseTime(notice) };
    },
    rebalanceRecommendation: async () => (await read('events/recommendations/rebalance')) !== undefined,
  };
}

/** `{"action": "terminate", "time": "2026-09-18T08:22:00Z"}`. That there is a notice is certain, whatever is in it. */
function parseTime(notice: string): Date | undefined {
  const [, time = ''] = /"time"\s*:\s*"([^"]+)"/.exec(notice) ?? [];
  const parsed = new Date(time);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
