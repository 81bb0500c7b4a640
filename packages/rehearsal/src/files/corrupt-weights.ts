import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Turns over a bit in the middle of every weights file of a bucket: what a damaged upload leaves there. */
export async function corruptWeights(s3: S3Client, bucket: string): Promise<void> {
  const { Contents: objects = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: 'models/' }),
  );
  const weights = objects.filter(({ Key = '' }) => Key.endsWith('.safetensors'));
  if (weights.length === 0) throw new Error(`there are no weights to corrupt in ${bucket}`);
  for (const { Key } of weights) {
    const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const content = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const middle = Math.floor(content.length / 2);
    content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: content, Metadata }));
  }
}
