import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { S3Client } from '@aws-sdk/client-s3';
import { ScriptedBucket } from './scripted-bucket.ts';
import { ScriptedGroup } from './scripted-group.ts';
import { ScriptedMetadata } from './scripted-metadata.ts';
import { ScriptedTelemetry } from './scripted-telemetry.ts';

export const BUCKET = 'scripted-bucket';
const API_KEY = 'key-of-the-scripted-fleet';

/** 1 January 2026. */
const KEY_CREATED_AT = 1_767_225_600;

/** Everything of AWS that an agent talks to, on one port of this machine. */
export interface ScriptedAws extends AsyncDisposable {
  readonly url: string;
  readonly bucket: ScriptedBucket;
  readonly group: ScriptedGroup;
  readonly metadata: ScriptedMetadata;
  readonly telemetry: ScriptedTelemetry;
  /** What was asked of the group and of telemetry, in its order. */
  readonly order: readonly string[];
  /** What the secret holds. */
  secret: string;
  readonly s3: S3Client;
  readonly autoScaling: AutoScalingClient;
}

export async function startScriptedAws(): Promise<ScriptedAws> {
  const bucket = new ScriptedBucket();
  const group = new ScriptedGroup();
  const metadata = new ScriptedMetadata(group.instanceId);
  const telemetry = new ScriptedTelemetry();
  const order: string[] = [];
  const state = { secret: API_KEY };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '';
    const body = await readBody(request);
    if (url.startsWith('/latest/')) return metadata.answer(request, response);
    if (url.startsWith(`/${BUCKET}/`)) return bucket.answer(request, body, response);
    const target = String(request.headers['x-amz-target'] ?? '');
    order.push(target || String(new URLSearchParams(body.toString('utf8')).get('Action')));
    if (telemetry.knows(target)) return telemetry.answer(target, request, body, response);
    if (target === 'secretsmanager.GetSecretValue') {
      return void response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ SecretString: state.secret, CreatedDate: KEY_CREATED_AT }));
    }
    group.answer(new URLSearchParams(body.toString('utf8')), response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'scripted', secretAccessKey: 'scripted' },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true, requestHandler: { socketTimeout: 500 } });
  const autoScaling = new AutoScalingClient(settings);
  return Object.assign(state, {
    url,
    bucket,
    group,
    metadata,
    telemetry,
    order,
    s3,
    autoScaling,
    async [Symbol.asyncDispose]() {
      s3.destroy();
      autoScaling.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
