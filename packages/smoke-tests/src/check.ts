import type { PixtralClient } from '@pixtral-fleet/client';
import type { FleetEndpoint } from './fleet-endpoint.ts';
import type { Random } from './seeing/random.ts';

/** What every check is given. */
export interface CheckContext {
  readonly endpoint: FleetEndpoint;
  readonly client: PixtralClient;
  /** Ids that must each answer; undefined when nobody knows them. */
  readonly expectedInstances: readonly string[] | undefined;
  readonly random: Random;
  /** Aborts at the check's deadline. */
  readonly signal: AbortSignal;
}

/** One thing that a fleet must do. Reads only: it changes nothing on the fleet, and may be run at any time. */
export interface Check {
  /** What is true when it passes. */
  readonly name: string;
  /** Milliseconds. A fleet that needs longer fails. */
  readonly deadlineMs: number;
  /** What to do when it fails, unless the failure says better. */
  readonly advice: string;
  /** Resolves to the evidence; throws a CheckFailure with it, or whatever went wrong on the way. */
  run(context: CheckContext): Promise<string>;
}
