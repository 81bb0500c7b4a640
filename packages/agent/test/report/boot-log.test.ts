import { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { BootLog } from '../../src/report/boot-log.ts';

it('tells each boot phase as it begins, also one that fails', async () => {
  const told: string[] = [];
  const bootLog = new BootLog({
    ...{
      s3: new S3Client({ region: 'us-east-1' }),
      bucket: 'b',
      prefix: 'p/',
      file: '/nowhere',
      instanceId: 'i-1',
    },
    ...{ launchTemplateVersion: '1', startedAt: new Date(), onPhase: (phase) => told.push(phase) },
  });
  await bootLog.time('files', async () => {
    expect(told).toEqual(['files']);
  });
  const failing = bootLog.time('gate', () => Promise.reject(new Error('blind')));
  await expect(failing).rejects.toThrow('blind');
  expect(told).toEqual(['files', 'gate']);
});
