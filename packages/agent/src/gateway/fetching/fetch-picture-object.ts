import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { type FetchLimits, type PictureBucket, PictureFetchError } from './picture-source.ts';
import { readAtMost } from './read-at-most.ts';

/** S3's limit. */
const LONGEST_KEY_BYTES = 1_024;

/**
 * Reads a picture from a listed bucket with the instance's role.
 * @throws PictureFetchError; the signal's reason when that aborts
 */
export async function fetchPictureObject(
  uri: string,
  options: {
    readonly buckets: readonly PictureBucket[];
    readonly s3: Pick<S3Client, 'send'>;
    readonly limits: FetchLimits;
  },
): Promise<Buffer> {
  const { s3, limits } = options;
  const { bucket, key } = parseObjectUri(uri, options.buckets);
  const object = await open();
  if (!object.Body) throw new PictureFetchError('the object has no body');
  return readAtMost(object.Body as AsyncIterable<Uint8Array>, object.ContentLength ?? 0, limits);

  async function open(): Promise<GetObjectCommandOutput> {
    try {
      return await s3.send(
        new GetObjectCommand({ Bucket: bucket.name, Key: key, ExpectedBucketOwner: bucket.owner }),
        { abortSignal: limits.signal },
      );
    } catch (error) {
      limits.signal.throwIfAborted();
      if (!(error instanceof S3ServiceException)) throw error;
      throw new PictureFetchError(explain(error));
    }
  }
}

function parseObjectUri(
  uri: string,
  buckets: readonly PictureBucket[],
): { readonly bucket: PictureBucket; readonly key: string } {
  const match = /^s3:\/\/([a-z0-9.-]{3,63})\/(.+)$/s.exec(uri);
  const [, name = '', key = ''] = match ?? [];
  if (!match) throw new PictureFetchError('the URI must be s3://bucket/key');
  const bucket = buckets.find((candidate) => candidate.name === name);
  if (!bucket)
    throw new PictureFetchError(`this fleet does not read from the bucket ${JSON.stringify(name)}`);
  if (!key.startsWith(bucket.prefix ?? '')) {
    throw new PictureFetchError(
      `of the bucket ${JSON.stringify(name)} only keys that begin with ${bucket.prefix} are read`,
    );
  }
  const isOdd = /[\p{Cc}]/u.test(key) || key.split('/').some((step) => step === '.' || step === '..');
  if (isOdd || Buffer.byteLength(key) > LONGEST_KEY_BYTES) {
    throw new PictureFetchError(
      `the key must have at most ${LONGEST_KEY_BYTES} bytes, no control characters and no . or .. between slashes`,
    );
  }
  return { bucket, key };
}

/** A key that is not there and one that may not be read look the same: the role may not list the bucket. */
function explain(error: S3ServiceException): string {
  const status = error.$metadata.httpStatusCode ?? 0;
  if (status === 403 || status === 404) return 'there is no such object, or this fleet may not read it';
  return `S3 answered ${error.name} (status ${status})`;
}
