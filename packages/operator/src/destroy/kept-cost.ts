import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { FleetClients } from '../aws/fleet-clients.ts';
import type { KeptResource } from './plan-destroy.ts';

/** US dollars, us-east-1, November 2026 (AWS price lists of S3, Secrets Manager, CloudWatch Logs and KMS). */
const PRICES = { bucketGbMonth: 0.023, secretMonth: 0.4, logGbMonth: 0.03, keyMonth: 1 } as const;

const GB = 1024 ** 3;

export interface KeptCost extends KeptResource {
  /** US dollars a month; undefined for a kind without a price of its own. */
  readonly usdPerMonth: number | undefined;
  /** Such as `14.2 GB`. */
  readonly size: string | undefined;
}

/** What each kept resource goes on to cost, by what it holds now. */
export async function priceKept(
  clients: Pick<FleetClients, 's3' | 'logs'>,
  kept: readonly KeptResource[],
): Promise<readonly KeptCost[]> {
  return Promise.all(
    kept.map(async (resource) => {
      const { type, physicalId } = resource;
      if (type === 'AWS::S3::Bucket')
        return sized(resource, await bucketBytes(clients, physicalId), PRICES.bucketGbMonth);
      if (type === 'AWS::Logs::LogGroup')
        return sized(resource, await logBytes(clients, physicalId), PRICES.logGbMonth);
      if (type === 'AWS::SecretsManager::Secret')
        return { ...resource, usdPerMonth: PRICES.secretMonth, size: undefined };
      if (type === 'AWS::KMS::Key') return { ...resource, usdPerMonth: PRICES.keyMonth, size: undefined };
      return { ...resource, usdPerMonth: undefined, size: undefined };
    }),
  );
}

function sized(resource: KeptResource, bytes: number, usdPerGb: number): KeptCost {
  const gigabytes = bytes / GB;
  return { ...resource, usdPerMonth: gigabytes * usdPerGb, size: `${gigabytes.toFixed(1)} GB` };
}

/** Of all versions: those that are no longer current cost the same. */
async function bucketBytes({ s3 }: Pick<FleetClients, 's3'>, bucket: string): Promise<number> {
  let bytes = 0;
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (marker) {
    const page: {
      Versions?: { Size?: number | undefined }[] | undefined;
      IsTruncated?: boolean | undefined;
      NextKeyMarker?: string | undefined;
      NextVersionIdMarker?: string | undefined;
    } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, ...marker }));
    bytes += (page.Versions ?? []).reduce((sum, { Size = 0 }) => sum + Size, 0);
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return bytes;
}

async function logBytes({ logs }: Pick<FleetClients, 'logs'>, name: string): Promise<number> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  return logGroups.find(({ logGroupName }) => logGroupName === name)?.storedBytes ?? 0;
}
