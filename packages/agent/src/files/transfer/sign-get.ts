import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ByteRange, SignedRequest } from './orders.ts';

/** What the SDK has signed and is about to send; of its own class, which is not exported. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RangedGet {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly range: ByteRange;
  readonly signal: AbortSignal;
}

/**
 * Has the SDK find the endpoint, sign and explain errors, and has the request sent by somebody else.
 * @param send sends it; false: the SDK is to send it itself, since only its reading of the error is of interest
 * @throws S3ServiceException as the SDK does; Error when the SDK, too, gets no error
 */
export async function sendSigned(
  get: RangedGet,
  send: (request: SignedRequest) => Promise<boolean>,
): Promise<void> {
  const { bucket, key, range, signal } = get;
  let taken = false;
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    Range: `bytes=${range.start}-${range.end}`,
  });
  command.middlewareStack.add(
    (next) => async (args) => {
      taken = await send(describe(args.request as SdkRequest));
      // What came has been checked and written: the SDK gets an empty body to pass on.
      return taken
        ? { response: { statusCode: 206, headers: {}, body: Readable.from([]) }, output: undefined as never }
        : next(args);
    },
    // Innermost: after signing, before the connection.
    { step: 'deserialize', priority: 'low', name: 'sendElsewhere' },
  );
  const answer = await get.s3.send(command, { abortSignal: signal });
  if (taken) return;
  if (answer.Body instanceof Readable) answer.Body.destroy();
  throw new Error(
    `S3 answered ${key} first with an error, then with status ${answer.$metadata.httpStatusCode}`,
  );
}

function describe({ protocol, hostname, port, path, query = {}, headers }: SdkRequest): SignedRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
  );
  const search = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return { protocol, hostname, port, path: path + search, headers: { ...headers } };
}
