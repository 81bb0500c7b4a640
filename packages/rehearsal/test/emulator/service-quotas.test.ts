import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let clouds: readonly TestCloud[];
beforeAll(async () => {
  clouds = await Promise.all([
    startTestCloud({ REHEARSAL_QUOTAS: '{"L-DB2E81BA": 8}' }),
    startTestCloud({ REHEARSAL_LAUNCH_FAULT: 'quota-zero' }),
  ]);
}, 120_000);
afterAll(() => Promise.all(clouds.map((cloud) => cloud.close())));

describe('Service Quotas of the emulated AWS', () => {
  it('has the vCPUs that it is told, and enough of those that it is told nothing about', async () => {
    expect(await value('L-DB2E81BA', clouds[0])).toBe(8);
    expect(await value('L-3819A6DF', clouds[0])).toBe(64);
  });

  it('has none where launches are refused for want of them', async () => {
    expect(await value('L-DB2E81BA', clouds[1])).toBe(0);
    expect(await value('L-3819A6DF', clouds[1])).toBe(0);
  });

  it('knows no other quota', async () => {
    expect(await ask('L-417A185B', clouds[0])).toMatchObject({ __type: 'NoSuchResourceException' });
  });
});

async function value(code: string, cloud: TestCloud | undefined): Promise<unknown> {
  const { Quota } = await ask(code, cloud);
  return typeof Quota === 'object' && Quota !== null && 'Value' in Quota ? Quota.Value : undefined;
}

/** As the SDK sends it: a JSON service, told by its header. */
async function ask(code: string, cloud: TestCloud | undefined): Promise<Record<string, unknown>> {
  const answer = await fetch(cloud?.emulator.endpointUrl ?? '', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ServiceQuotasV20190624.GetServiceQuota',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20261128/us-east-1/servicequotas/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ ServiceCode: 'ec2', QuotaCode: code }),
  });
  const body = (await answer.json()) as Record<string, unknown>;
  return body;
}
