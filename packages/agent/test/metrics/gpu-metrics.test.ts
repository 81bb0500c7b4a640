import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGpuMetrics, readGpuMetrics } from '../../src/metrics/gpu-metrics.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('what nvidia-smi prints', () => {
  test('is read as recorded: an idle H200, driver 580.159.04', () => {
    expect(parseGpuMetrics('0, 143771, 0\n')).toEqual([
      { memoryUsedMiB: 0, memoryTotalMiB: 143_771, utilizationPercent: 0 },
    ]);
  });

  test('is read, one GPU a line', () => {
    expect(parseGpuMetrics('20613, 23028, 97\n1, 23028, 0\n')).toEqual([
      { memoryUsedMiB: 20_613, memoryTotalMiB: 23_028, utilizationPercent: 97 },
      { memoryUsedMiB: 1, memoryTotalMiB: 23_028, utilizationPercent: 0 },
    ]);
  });

  test('may lack the utilization, as with MIG', () => {
    expect(parseGpuMetrics('20613, 23028, [N/A]')).toEqual([
      { memoryUsedMiB: 20_613, memoryTotalMiB: 23_028, utilizationPercent: undefined },
    ]);
  });

  test('fails when it is a message', () => {
    expect(() => parseGpuMetrics('No devices were found\n')).toThrowErrorMatchingInlineSnapshot(
      `[Error: nvidia-smi reports no GPU memory: No devices were found]`,
    );
  });

  test('is read or refused with an Error, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          for (const { memoryTotalMiB } of parseGpuMetrics(text)) expect(memoryTotalMiB).toBeGreaterThan(0);
        } catch (error) {
          expect(String(error)).toContain('nvidia-smi reports no GPU memory');
        }
      }),
    );
  });
});

describe('the GPUs of a machine', () => {
  test('are asked for with the fields that are read', async () => {
    await using folder = await temporaryFolder();
    const command = join(folder.path, 'nvidia-smi');
    const query = '--query-gpu=memory.used,memory.total,utilization.gpu --format=csv,noheader,nounits';
    await writeFile(command, `#!/bin/sh\n[ "$*" = "${query}" ] && echo '512, 1024, 7'\n`, { mode: 0o755 });
    expect(await readGpuMetrics(command)).toEqual([
      { memoryUsedMiB: 512, memoryTotalMiB: 1_024, utilizationPercent: 7 },
    ]);
  });

  test('are absent where there is no nvidia-smi', async () => {
    expect(await readGpuMetrics('/nowhere/nvidia-smi')).toBeUndefined();
  });

  test.each([
    ['No devices were found', '', 6],
    ['Unable to determine the device handle', '>&2', 15],
  ])('fail in the words of nvidia-smi: %s', async (words, where, code) => {
    await using folder = await temporaryFolder();
    const command = join(folder.path, 'nvidia-smi');
    await writeFile(command, `#!/bin/sh\necho "${words}" ${where}; exit ${code}\n`, { mode: 0o755 });
    await expect(readGpuMetrics(command)).rejects.toThrow(`nvidia-smi failed: ${words}`);
  });
});
