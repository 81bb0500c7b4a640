import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import type { PixtralClient } from '@pixtral-fleet/client';
import type { Balancer } from '../balancer/index.ts';
import type { AwsClients } from '../cloud/aws-clients.ts';
import { initialBehaviour, writeBehaviour } from '../files/simulated-runtime.ts';
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

export interface DrillOutcome {
  readonly streams: readonly DrillStream[];
  readonly events: readonly DrillEvent[];
  /** `performance.now()` at the start of the load. */
  readonly beganAt: number;
  /** What went wrong, in words; empty when nothing did. */
  readonly problems: readonly string[];
}

export interface DrillOptions {
  readonly client: PixtralClient;
  readonly clients: AwsClients;
  readonly fleet: LocalFleet;
  readonly balancer: Balancer;
  readonly behaviourFile: string;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}

const STREAMS = 8;
const POLL_MS = 100;
const DEADLINE_MS = 60_000;

/** A real engine needs a minute or more to come back; this is long enough for the balancer's checks to notice. */
const RELOAD_SECONDS = 9;

/** Terminates one instance and kills one model server while streams are running. */
export async function runDrill(options: DrillOptions): Promise<DrillOutcome> {
  const beganAt = performance.now();
  const load = new StreamingLoad(options.client);
  const events: DrillEvent[] = [];
  const mark = (kind: DrillEvent['kind'], instanceId: string) => {
    events.push({ atMs: load.now(), kind, instanceId });
  };
  load.start(STREAMS);
  try {
    const first = await busyInstance(options, load);
    await terminateOne(options, first, mark);
    const second = await busyInstance(options, load);
    await killEngine(options, second, mark);
  } finally {
    await load.stop();
  }
  const streams = load.finished();
  return { streams, events, beganAt, problems: judgeDrill({ streams, events }) };
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
  const { fleet, balancer } = options;
  const instance = fleet.instance(instanceId);
  const pid = instance && (await findEngineProcess(instance.pid));
  if (!instance || !pid) throw new RehearsalError(`no model server found on ${instanceId}`);
  const normal = initialBehaviour(undefined);
  await writeBehaviour(options.behaviourFile, { ...normal, loadSeconds: RELOAD_SECONDS });
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
    const restarts = (await instance.bootReport())?.restarts ?? [];
    return (
      restarts.some((restart) => restart.gate.length > 0 && restart.gate.every(({ ok }) => ok)) || undefined
    );
  });
  mark('gate-passed-again', instanceId);
  await writeBehaviour(options.behaviourFile, normal);
}

function wait<T>(options: DrillOptions, failure: string, question: () => Promise<T | undefined>): Promise<T> {
  return pollUntil(question, {
    everyMs: POLL_MS,
    deadlineMs: DEADLINE_MS,
    signal: options.signal,
    timedOut: () => new RehearsalError(`${failure} within ${DEADLINE_MS / 1_000} s`),
  });
}
