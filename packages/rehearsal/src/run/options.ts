/** Ways to break the rehearsal on purpose, to see that the fleet notices. */
export const MUTANTS = ['blind', 'corrupt-file'] as const;

/**
 * - `blind`: model servers answer from the text alone and never look at a picture; the gate must refuse them.
 * - `corrupt-file`: one byte of the weights is flipped in the bucket; no instance may start its model server.
 */
export type Mutant = (typeof MUTANTS)[number];

export interface RehearsalOptions {
  /** The repository: where `pixtral.config.ts` is, and where `.rehearsal/` is written. */
  readonly repository: string;
  /** Number of instances that the group is asked for. @default 2 */
  readonly instances?: number;
  /** Whether to terminate an instance and kill a model server under load. @default true */
  readonly drill?: boolean;
  /** Whether to leave the fleet running after the checks, until the signal aborts. @default false */
  readonly keep?: boolean;
  /** What to break on purpose. @default - nothing */
  readonly mutant?: Mutant | undefined;
  /** Ends the rehearsal early; everything is destroyed all the same. */
  readonly signal?: AbortSignal;
  /** A second wish to stop: skips `cdk destroy` and ends all processes at once. */
  readonly hurry?: AbortSignal;
}

export interface ResolvedRehearsalOptions {
  readonly repository: string;
  readonly instances: number;
  readonly drill: boolean;
  readonly keep: boolean;
  readonly mutant: Mutant | undefined;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
}

/** More local instances than this starve two cores, and the times stop meaning anything. */
export const MAX_INSTANCES = 8;

/** Applies the defaults. Throws a RangeError that names the option, what was got and what is allowed. */
export function resolveRehearsalOptions(options: RehearsalOptions): ResolvedRehearsalOptions {
  const instances = options.instances ?? 2;
  if (!Number.isInteger(instances) || instances < 1 || instances > MAX_INSTANCES) {
    throw new RangeError(`instances must be a whole number from 1 to ${MAX_INSTANCES}, got ${instances}`);
  }
  const mutant = options.mutant;
  return {
    repository: options.repository,
    instances,
    drill: (options.drill ?? true) && mutant === undefined,
    keep: (options.keep ?? false) && mutant === undefined,
    mutant,
    signal: options.signal ?? new AbortController().signal,
    hurry: options.hurry ?? new AbortController().signal,
  };
}
