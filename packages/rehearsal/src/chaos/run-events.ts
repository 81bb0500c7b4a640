import { ACTS, type Stage, until } from './acts/index.ts';
import type { ChaosInstance } from './chaos-instance.ts';
import { KIND_FACTS } from './kinds.ts';
import { untilWhole } from './recovery.ts';
import type { PlannedEvent } from './schedule.ts';
import type { PastEvent } from './verdict.ts';

/** Open on an instance that something is done to; one alone could have ended by then. */
const FEWEST_STREAMS = 2;

/** Does one event after the other under load, each on a whole fleet, and waits for what each leaves behind. */
export async function runEvents(
  stage: Stage,
  schedule: readonly PlannedEvent[],
  onEvent: (event: PastEvent) => void,
): Promise<void> {
  for (const planned of schedule) {
    await until(stage, 'the load does not get on', () => stage.load.ended >= planned.afterStreams);
    onEvent(await runEvent(stage, planned));
  }
}

async function runEvent(stage: Stage, planned: PlannedEvent): Promise<PastEvent> {
  const { kind, number, terminations } = planned;
  const { load } = stage;
  await until(stage, 'the load does not begin', () => load.openAnywhere >= stage.wanted);
  const victim = KIND_FACTS[kind].hitsOne ? await chooseVictim(stage, planned.pick) : undefined;
  const timeline: { readonly atMs: number; readonly what: string }[] = [];
  const mark = (what: string) => timeline.push({ atMs: load.now(), what });
  const openStreams = victim ? load.openOn(victim.id) : load.openAnywhere;
  const beganMs = load.now();
  const failure = await ACTS[kind](stage, { victim, mark }).then(
    () => undefined,
    // What comes after it is worth seeing all the same, if the fleet becomes whole again.
    (error: unknown) => {
      stage.signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      mark(`failed: ${why}`);
      return why;
    },
  );
  await untilWhole(stage);
  const recoveredMs = load.now();
  mark('the fleet is whole');
  // So that no stream is open in the times of two events.
  await until(stage, 'streams of the event did not end', () => !load.hasOpenFrom(recoveredMs));
  const past = { number, kind, terminations, beganMs, recoveredMs, openStreams, timeline };
  return { ...past, victim: victim?.id, failure };
}

/** One with several streams open, whichever it is: what happens to it then tells something. */
async function chooseVictim(stage: Stage, pick: number): Promise<ChaosInstance> {
  const { cloud, machines, load } = stage;
  let victim: ChaosInstance | undefined;
  await until(stage, 'no instance had a stream', () => {
    const busy = cloud.fleet.inService().filter(({ id }) => load.openOn(id) >= FEWEST_STREAMS);
    const chosen = busy[Math.floor(pick * busy.length)];
    victim = chosen && machines.get(chosen.id);
    return victim !== undefined;
  });
  if (!victim) throw new Error('no instance had a stream');
  return victim;
}
