import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createInstanceMetadata } from '../../src/aws/instance-metadata.ts';
import type { Departure } from '../../src/lifecycle/departure.ts';
import { watchTermination } from '../../src/lifecycle/watch-termination.ts';
import type { ScriptedMetadata } from '../scripted-aws/scripted-metadata.ts';
import { startScriptedAws } from '../scripted-aws/start-scripted-aws.ts';

const STATE = 'autoscaling/target-lifecycle-state';

async function startWatch() {
  const aws = await startScriptedAws();
  const departures: Departure[] = [];
  const lines: string[] = [];
  const terminate = new AbortController();
  const over = new AbortController();
  watchTermination({
    metadata: createInstanceMetadata(aws.url),
    terminate: terminate.signal,
    onDeparture: (departure) => departures.push(departure),
    logger: pino({ base: null }, { write: (line) => void lines.push(line) }),
    signal: over.signal,
    everyMs: 50,
  });
  return {
    metadata: aws.metadata,
    departures,
    lines,
    terminate: () => terminate.abort(),
    async until(condition: () => boolean) {
      while (!condition()) await sleep(20);
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await aws[Symbol.asyncDispose]();
    },
  };
}

const causes = (departures: readonly Departure[]) => departures.map(({ cause }) => cause);

describe('an instance is to go', () => {
  it('as soon as one cause says so, and each says it once', async () => {
    await using watch = await startWatch();
    watch.metadata.values.set(STATE, 'Terminated');
    await watch.until(() => watch.departures.length === 1);
    watch.metadata.values.set('spot/instance-action', '{"action":"stop","time":"2027-01-01T00:00:00Z"}');
    await watch.until(() => watch.departures.length === 2);
    watch.terminate();
    expect(causes(watch.departures)).toEqual(['group', 'spot', 'process']);
    const { length } = watch.metadata.requests;
    await watch.until(() => watch.metadata.requests.length > length + 6);
    expect(watch.departures).toHaveLength(3);
  });

  it('by a Spot notice though its group’s wish cannot be read', async () => {
    await using watch = await startWatch();
    watch.metadata.faults.set(STATE, 500);
    watch.metadata.values.set('spot/instance-action', 'not what it should be');
    await watch.until(() => watch.departures.length === 1);
    expect(causes(watch.departures)).toEqual(['spot']);
  });
});

it('a rebalance recommendation is told and leaves the instance where it is: its group launches another one first', async () => {
  await using watch = await startWatch();
  watch.metadata.values.set('events/recommendations/rebalance', '{"noticeTime":"2026-11-28T08:00:00Z"}');
  await watch.until(() => watch.lines.length > 0);
  const { length } = watch.metadata.requests;
  await watch.until(() => watch.metadata.requests.length > length + 6);
  expect(watch.lines).toHaveLength(1);
  expect(watch.lines[0]).toContain(
    'EC2 may take this Spot instance back soon; its group launches another one first',
  );
  expect(watch.departures).toEqual([]);
});

describe('a metadata service', () => {
  const broken: Readonly<Record<string, (metadata: ScriptedMetadata, is: boolean) => void>> = {
    'that refuses its own tokens (401)': (metadata, is) => {
      metadata.refusesTokens = is;
    },
    'that fails (500)': (metadata, is) => {
      metadata.broken = is ? 500 : undefined;
    },
    'that does not answer': (metadata, is) => {
      metadata.hangs = is;
    },
  };

  it.for(Object.entries(broken))(
    '%s is told of once, and heard again when it is well',
    async ([, breaks]) => {
      await using watch = await startWatch();
      breaks(watch.metadata, true);
      await watch.until(() => watch.lines.length > 0);
      const { length } = watch.metadata.requests;
      await watch.until(() => watch.metadata.requests.length > length);
      expect(watch.lines).toHaveLength(1);
      expect(watch.lines[0]).toContain(
        'did not tell whether this instance is to go; told once until it succeeds',
      );
      expect(watch.departures).toEqual([]);
      watch.metadata.values.set(STATE, 'Terminated');
      breaks(watch.metadata, false);
      await watch.until(() => watch.departures.length === 1);
      expect(causes(watch.departures)).toEqual(['group']);
    },
  );
});
