import { describe, expect, it } from 'vitest';
import type { DrillStream } from '../../src/drill/streaming-load.ts';
import type { GroupInstance } from '../../src/instances/auto-scaling-view.ts';
import { judgeUpdate } from '../../src/update/update-verdict.ts';

const before = [instance('i-old-1', '1'), instance('i-old-2', '1')];
const after = [instance('i-new-1', '2'), instance('i-new-2', '2')];
const streams = [...before, ...after].map(({ id }, index) => stream(index, id));

describe('the verdict of an update', () => {
  it('finds nothing wrong when each instance was replaced and every stream came to its end', () => {
    expect(judgeUpdate({ streams, before, after })).toEqual([]);
  });

  it('fails when a single stream was cut, also with an error', () => {
    const cut = stream(9, 'i-old-1', { outcome: 'errored-clearly', error: 'StreamError: draining' });
    expect(judgeUpdate({ streams: [...streams, cut], before, after })).toEqual([
      '1 of 5 streams were cut; first: StreamError: draining',
    ]);
  });

  it('fails when an instance was not replaced, or is missing, or is of another version', () => {
    expect(judgeUpdate({ streams, before, after: [...before] })).toEqual(['not replaced: i-old-1, i-old-2']);
    expect(judgeUpdate({ streams, before, after: after.slice(1) })).toEqual([
      '1 instances are in service, 2 were before',
    ]);
    const mixed = [instance('i-new-1', '2'), instance('i-new-2', '3')];
    expect(judgeUpdate({ streams, before, after: mixed })).toEqual(['instances of several versions: 2, 3']);
  });

  it('fails when nothing was seen: without streams, or with none on one of the instances', () => {
    expect(judgeUpdate({ streams: [], before, after })).toEqual(['no stream was sent']);
    expect(judgeUpdate({ streams: streams.slice(0, 3), before, after })).toEqual([
      'no stream was on i-new-2',
    ]);
  });
});

function instance(id: string, launchTemplateVersion: string): GroupInstance {
  return {
    ...{ id, launchTemplateVersion, type: 'g5.2xlarge', availabilityZone: 'us-east-1a' },
    ...{ lifecycleState: 'InService', launchTemplateId: 'lt-1' },
  };
}

function stream(id: number, instanceId: string, over: Partial<DrillStream> = {}): DrillStream {
  return { id, instanceId, startedMs: 0, endedMs: 1_000, outcome: 'completed', error: undefined, ...over };
}
