import { describe, expect, it } from 'vitest';
import { startTestCloud } from './test-cloud.ts';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets({ REHEARSAL_LAUNCH_FAULT: 'quota-zero' });

describe('a launch that EC2 refuses', () => {
  it('fails at once with the words of AWS, leaves no instance, and is tried again after longer and longer pauses', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2 });
    await expect
      .poll(async () => (await stack.activities()).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(3);
    const activities = await stack.activities();
    for (const { StatusCode, StatusMessage, Description } of activities) {
      expect(StatusCode).toBe('Failed');
      expect(StatusMessage).toMatch(
        /^Could not launch On-Demand Instances\. VcpuLimitExceeded - .* current vCPU limit of 0 allows .* Launching EC2 instance failed\.$/,
      );
      expect(Description).toBe(`Launching a new EC2 instance.  Status Reason: ${StatusMessage}`);
    }
    expect(await stack.instances()).toEqual([]);
    expect(await stack.status()).toBe('CREATE_COMPLETE');
    const [newest, , oldest] = activities.slice(-3).map(({ StartTime }) => StartTime?.getTime() ?? 0);
    expect((newest ?? 0) - (oldest ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  it('for a reason that is not known ends the start of the emulator', async () => {
    await expect(startTestCloud({ REHEARSAL_LAUNCH_FAULT: 'bad-luck' })).rejects.toThrow(
      /REHEARSAL_LAUNCH_FAULT must be one of quota-zero, no-capacity, zone-without-type, got 'bad-luck'/,
    );
  });
});
