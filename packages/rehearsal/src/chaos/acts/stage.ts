import type { RehearsalCloud } from '../../cloud/rehearsal-cloud.ts';
import { RehearsalError } from '../../run/failure.ts';
import { pollUntil } from '../../run/poll.ts';
import type { ChaosInstance } from '../chaos-instance.ts';
import type { ChaosLoad } from '../load/chaos-load.ts';
import type { ChaosMutant } from '../options.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';

/** Everything that can be broken, and what shows whether it is whole. */
export interface Stage {
  readonly cloud: RehearsalCloud;
  readonly load: ChaosLoad;
  /** Between clients and balancer. */
  readonly clientProxy: FaultProxy;
  /** Between instances and AWS. */
  readonly awsProxy: FaultProxy;
  /** Every instance that there ever was. */
  readonly machines: ReadonlyMap<string, ChaosInstance>;
  readonly groupName: string;
  /** Instances that there are to be. */
  readonly wanted: number;
  readonly setClock: (shiftMs: number) => Promise<void>;
  /** What is left out on purpose, to see that the verdict notices. */
  readonly mutant: ChaosMutant | undefined;
  readonly signal: AbortSignal;
}

/** One event while it happens. */
export interface Happening {
  /** The instance that it happens to; a refresh and a fault of the clients' network have none of their own. */
  readonly victim: ChaosInstance | undefined;
  /** Puts a line onto the event's time line. */
  readonly mark: (what: string) => void;
}

/** Does it, and returns when whatever was broken has been mended, as far as it does not mend itself. */
export type Act = (stage: Stage, happening: Happening) => Promise<void>;

/** Longer than any drain, hook or restart of a run takes. */
const STEP_DEADLINE_MS = 120_000;
const POLL_MS = 100;

/** Asks again until the answer is yes. @throws RehearsalError with `failure` after two minutes */
export async function until(
  stage: Pick<Stage, 'signal'>,
  failure: string,
  question: () => boolean | Promise<boolean>,
): Promise<void> {
  await pollUntil(async () => (await question()) || undefined, {
    everyMs: POLL_MS,
    deadlineMs: STEP_DEADLINE_MS,
    signal: stage.signal,
    timedOut: () => new RehearsalError(`${failure} within ${STEP_DEADLINE_MS / 1_000} s`),
  });
}

export function victimOf({ victim }: Happening): ChaosInstance {
  if (!victim) throw new Error('this kind of event happens to an instance, and none was chosen');
  return victim;
}

export function isInGroup({ cloud }: Stage, id: string): boolean {
  return cloud.fleet.group?.instances.some((instance) => instance.id === id) ?? false;
}
