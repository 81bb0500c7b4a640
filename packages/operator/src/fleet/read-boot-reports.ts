import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { type BootReport, parseBootReport } from '@pixtral-fleet/agent';
import { BOOT_REPORT_PREFIX } from '@pixtral-fleet/infra/names';
import type { FleetClients } from '../aws/fleet-clients.ts';

export interface BootReportQuery {
  readonly bucket: string;
  /** Reports written before are left out. @default - none is */
  readonly since?: Date | undefined;
  /** Newest ones that are read. @default 50 */
  readonly limit?: number;
}

/** The instances' own accounts of how they came up, newest first. */
export async function readBootReports(
  { s3 }: Pick<FleetClients, 's3'>,
  { bucket, since, limit = 50 }: BootReportQuery,
): Promise<readonly BootReport[]> {
  const objects = await listReports(s3, bucket);
  const wanted = objects
    .filter(({ writtenAt }) => !since || writtenAt >= since)
    .sort((one, other) => other.writtenAt.getTime() - one.writtenAt.getTime())
    .slice(0, limit);
  return Promise.all(
    wanted.map(async ({ key }) => {
      const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return parseBootReport(JSON.parse((await body?.transformToString()) ?? ''));
    }),
  );
}

async function listReports(s3: FleetClients['s3'], bucket: string) {
  const found: { readonly key: string; readonly writtenAt: Date }[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: BOOT_REPORT_PREFIX, ContinuationToken }),
    );
    for (const { Key: key, LastModified: writtenAt } of page.Contents ?? []) {
      if (key && writtenAt) found.push({ key, writtenAt });
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return found;
}
