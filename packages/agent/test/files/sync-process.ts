import { S3Client } from '@aws-sdk/client-s3';
import { syncFolder } from '../../src/files/sync-folder.ts';
import { PartWorkers } from '../../src/files/transfer/part-workers.ts';

// One sync in a process of its own, to be killed: `sync-process.ts ENDPOINT BUCKET PREFIX FOLDER`.
const [endpoint = '', bucket = '', prefix = '', folder = ''] = process.argv.slice(2);
const credentials = { accessKeyId: 'scripted', secretAccessKey: 'scripted' };
const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
await using workers = new PartWorkers(2);
await syncFolder({
  s3,
  bucket,
  prefix,
  folder,
  timeoutMs: 60_000,
  workers,
  signal: new AbortController().signal,
  onWaiting: () => undefined,
});
s3.destroy();
