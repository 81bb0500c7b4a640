import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { PixtralClient } from '@pixtral-fleet/client';
import type { Balancer } from '../balancer/index.ts';
import type { AwsClients } from '../cloud/aws-clients.ts';
import type { RehearsalEngine } from '../engine/index.ts';
import type { LocalFleet } from '../instances/local-fleet.ts';
import { RehearsalError } from '../run/failure.ts';
import { pollUntil } from '../run/poll.ts';
import { judgeDrill } from './drill-verdict.ts';
import { findEngineProcess } from './engine-process.ts';
import { type DrillStream, StreamingLoad } from './streaming-load.ts';

/** Moments that the report marks; milliseconds since the load began. */
export interface DrillEvent {
  readonly atMs: number;
  readonly kind: 'terminate' | 'drained' | 'replaced' | 'kill' | 'target-out' | 'gate-passed-again';
  readonly instanceId: string;
}

/** What came of something done to the fleet under load. */
export interface LoadOutcome {
  readonly streams: readonly DrillStream[];
  readonly events: readonly DrillEvent[];
  /** `performance.now()` at the start of the load. */
  readonly beganAt: number;
  /** What went wrong, in words; empty when nothing did. */
  readonly problems: readonly string[];
}

export interface DrillOutcome extends LoadOutcome {
  readonly kind: 'drill';
}

export interface DrillOptions {
  readonly client: PixtralClient;
  readonly clients: AwsClients;
  readonly fleet: LocalFleet;
  readonly balancer: Balancer;
  readonly engine: RehearsalEngine;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}

const STREAMS = 8;
const POLL_MS = 100;

/**
 * Terminates one instance and kills one model server while streams are running. In a fleet of one nobody serves while
 * that one drains: it is not terminated then.
 */
export async function runDrill(options: DrillOptions): Promise<DrillOutcome> {
  const beganAt = performance.now();
  const load = new StreamingLoad(options.client, options.engine.load);
  const events: DrillEvent[] = [];
  const mark = (kind: DrillEvent['kind'], instanceId: string) => {
    events.push({ atMs: load.now(), kind, instanceId });
  };
  load.start(STREAMS);
  try {
    const first = await busyInstance(options, load);
    const alone = options.fleet.inService().length === 1;
    if (!alone) await terminateOne(options, first, mark);
    else options.onNote('one instance: none is terminated, since no other would serve meanwhile');
    const second = await busyInstance(options, load);
    await killEngine(options, second, mark);
    if (alone) await servesAgain(options, load);
  } finally {
    await load.stop();
  }
  const streams = load.finished();
  return { kind: 'drill', streams, events, beganAt, problems: judgeDrill({ streams, events }) };
}

/** An instance in service that has streams open: what happens to it then tells something. */
function busyInstance(options: DrillOptions, load: StreamingLoad): Promise<string> {
  return wait(options, 'no instance received a stream', async () => {
    return options.fleet.inService().find(({ id }) => load.activeOn(id) > 0)?.id;
  });
}

async function terminateOne(
  options: DrillOptions,
  instanceId: string,
  mark: (kind: DrillEvent['kind'], instanceId: string) => void,
): Promise<void> {
  const { fleet, clients } = options;
  const before = new Set(fleet.group?.instances.map(({ id }) => id));
  const wanted = fleet.group?.desiredCapacity ?? 0;
  options.onNote(`terminating ${instanceId} under load`);
  mark('terminate', instanceId);
  await clients.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: instanceId,
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  await wait(options, `${instanceId} did not end its drain`, async () => {
    return fleet.group?.instances.every(({ id }) => id !== instanceId) || undefined;
  });
  mark('drained', instanceId);
  const replacement = await wait(options, `no instance replaced ${instanceId}`, async () => {
    const serving = fleet.inService();
    return serving.length >= wanted ? serving.find(({ id }) => !before.has(id))?.id : undefined;
  });
  mark('replaced', replacement);
}

async function killEngine(
  options: DrillOptions,
  instanceId: string,
  mark: (kind: DrillEvent['kind'], instanceId: string) => void,
): Promise<void> {
  const { fleet, balancer, engine } = options;
  const instance = fleet.instance(instanceId);
  const pid = instance && (await findEngineProcess(instance.pid));
  if (!instance || !pid) throw new RehearsalError(`no model server found on ${instanceId}`);
  await engine.loadSlowly(true);
  options.onNote(`killing the model server of ${instanceId}`);
  mark('kill', instanceId);
  process.kill(pid, 'SIGKILL');
  await wait(options, `the balancer kept sending to ${instanceId}`, async () => {
    return (
      balancer.targets().some((target) => target.id === instanceId && target.state === 'unhealthy') ||
      undefined
    );
  });
  mark('target-out', instanceId);
  await wait(options, `the model server of ${instanceId} did not pass the gate again`, async () => {
    // Recorded when the gate was passed, which a few wrong answers do not prevent.
    const restarts = (await instance.bootReport())?.restarts ?? [];
    return restarts.some(({ gate }) => gate.length > 0) || undefined;
  });
  mark('gate-passed-again', instanceId);
  await engine.loadSlowly(false);
}

/** A stream that began after all that was done comes to its end. */
async function servesAgain(options: DrillOptions, load: StreamingLoad): Promise<void> {
  const since = load.now();
  await wait(options, 'no stream completed after the model server had come back', async () => {
    const whole = load
      .finished()
      .some(({ startedMs, outcome }) => startedMs >= since && outcome === 'completed');
    return whole || undefined;
  });
}

function wait<T>(options: DrillOptions, failure: string, question: () => Promise<T | undefined>): Promise<T> {
  return pollUntil(question, {
    everyMs: POLL_MS,
    deadlineMs: options.engine.restartDeadlineMs,
    signal: options.signal,
    timedOut: () => new RehearsalError(`${failure} within ${options.engine.restartDeadlineMs / 1_000} s`),
  });
}
