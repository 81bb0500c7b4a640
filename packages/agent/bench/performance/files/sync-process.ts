import { S3Client } from '@aws-sdk/client-s3';
import { syncFolder } from '../../../src/files/sync-folder.ts';
import { PartWorkers } from '../../../src/files/transfer/part-workers.ts';

// The agent's own sync, alone in a process: `sync-process.ts ENDPOINT BUCKET PREFIX FOLDER`.
// Prints how long the call took: an agent is there already when it begins to fetch.
const [endpoint = '', bucket = '', prefix = '', folder = ''] = process.argv.slice(2);
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
const beganAt = performance.now();
{
  await using workers = new PartWorkers();
  const { signal } = new AbortController();
  const onWaiting = () => undefined;
  await syncFolder({ s3, bucket, prefix, folder, timeoutMs: 0, workers, signal, onWaiting });
}
process.stdout.write(String((performance.now() - beganAt) / 1_000));
s3.destroy();
