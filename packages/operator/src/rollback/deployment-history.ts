import { createHash } from 'node:crypto';
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DEPLOYMENT_PREFIX } from '@pixtral-fleet/infra/names';
import type { FleetClients } from '../aws/fleet-clients.ts';

/** A template that was deployed and verified. */
export interface RecordedDeployment {
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  /** Of the template's text. */
  readonly sha256: string;
}

/** What the stack is made of now. */
export async function readTemplate(
  { cloudFormation }: Pick<FleetClients, 'cloudFormation'>,
  stackName: string,
): Promise<string> {
  const { TemplateBody: text } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return text ?? '';
}

/** Keeps the template of a deployment that succeeded in the fleet's own bucket, once, for `pixtral rollback`. */
export async function recordDeployment(
  clients: Pick<FleetClients, 'cloudFormation' | 's3'>,
  {
    stackName,
    bucket,
    now = new Date(),
  }: { readonly stackName: string; readonly bucket: string; readonly now?: Date },
): Promise<void> {
  const text = await readTemplate(clients, stackName);
  const sha256 = hash(text);
  const [newest] = await listDeployments(clients, bucket);
  if (newest?.sha256 === sha256) return;
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: formatKey(now, sha256),
      Body: text,
      ContentType: 'application/json',
    }),
  );
}

/** Newest first. Objects whose names are not of this form are left out. */
export async function listDeployments(
  { s3 }: Pick<FleetClients, 's3'>,
  bucket: string,
): Promise<readonly RecordedDeployment[]> {
  const keys: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: DEPLOYMENT_PREFIX, ContinuationToken }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return keys
    .flatMap((key) => parseKey(bucket, key) ?? [])
    .toSorted((one, other) => other.at.localeCompare(one.at));
}

/** `deployments/20260102T030405678Z-<sha256>.json`: nothing that a URL would have to escape. */
function formatKey(at: Date, sha256: string): string {
  return `${DEPLOYMENT_PREFIX}${at.toISOString().replaceAll(/[-:.]/g, '')}-${sha256}.json`;
}

export function parseKey(bucket: string, key: string): RecordedDeployment | undefined {
  if (!key.startsWith(DEPLOYMENT_PREFIX)) return undefined;
  const name = key.slice(DEPLOYMENT_PREFIX.length);
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([0-9a-f]{64})\.json$/.exec(name);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, ms, sha256 = ''] = match;
  return { bucket, key, at: `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`, sha256 };
}

/** The template's text. @throws Error when it is not what its name says */
export async function readDeployment(
  { s3 }: Pick<FleetClients, 's3'>,
  { bucket, key, sha256 }: RecordedDeployment,
): Promise<string> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const text = (await body?.transformToString()) ?? '';
  if (hash(text) !== sha256)
    throw new Error(
      `s3://${bucket}/${key} is not the template that was deployed: its SHA-256 is ${hash(text)}`,
    );
  return text;
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
