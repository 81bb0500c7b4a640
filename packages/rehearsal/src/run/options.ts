/** What answers behind the gateways: the simulator, or vLLM itself on the CPU with a small model. */
export const ENGINES = ['simulated', 'vllm'] as const;

export type EngineName = (typeof ENGINES)[number];

/** Ways to break the rehearsal on purpose, to see that the fleet notices. */
export const MUTANTS = [
  'blind',
  'corrupt-file',
  'corrupt-download',
  'gated-model',
  'quota-zero',
  'no-capacity',
  'zone-without-type',
  'secret-missing',
  'ami-missing',
  'never-ready',
] as const;

/**
 * - `blind`: model servers answer from the text alone and never look at a picture; the gate must refuse them.
 * - `corrupt-file`: one byte of the weights is flipped in the bucket; no instance may start its model server.
 * - `corrupt-download`: the hub sends a wrong byte; the seeder must put nothing into the bucket.
 * - `gated-model`: the hub asks for a token that nobody has given; the deployment must say how to give it.
 * - `quota-zero`, `no-capacity`, `zone-without-type`: EC2 refuses every launch, in the words of AWS.
 * - `secret-missing`: the secret with the API key is deleted as soon as there is one.
 * - `ami-missing`: the region has no parameter with the machine image.
 * - `never-ready`: model servers load for ever.
 */
export type Mutant = (typeof MUTANTS)[number];

export interface RehearsalOptions {
  /** The repository: where `pixtral.config.ts` is, and where `.rehearsal/` is written. */
  readonly repository: string;
  /** @default 'simulated' */
  readonly engine?: EngineName;
  /** Number of instances that the group is asked for. @default - 2, with vLLM 1: two cores bear one start at a time */
  readonly instances?: number | undefined;
  /** Whether to terminate an instance and kill a model server under load. @default true */
  readonly drill?: boolean;
  /**
   * Whether to change an engine flag and deploy again under load, in place of the drill. What `mutant` breaks is then
   * the update alone.
   * @default false
   */
  readonly update?: boolean;
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
  readonly engine: EngineName;
  readonly instances: number;
  readonly drill: boolean;
  readonly update: boolean;
  readonly keep: boolean;
  readonly mutant: Mutant | undefined;
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
}

const DEFAULT_INSTANCES: Readonly<Record<EngineName, number>> = { simulated: 2, vllm: 1 };

/** More local instances than this starve two cores, and the times stop meaning anything. */
export const MAX_INSTANCES = 8;

/** Applies the defaults. Throws a RangeError that names the option, what was got and what is allowed. */
export function resolveRehearsalOptions(options: RehearsalOptions): ResolvedRehearsalOptions {
  const engine = options.engine ?? 'simulated';
  const instances = options.instances ?? DEFAULT_INSTANCES[engine];
  if (!Number.isInteger(instances) || instances < 1 || instances > MAX_INSTANCES) {
    throw new RangeError(`instances must be a whole number from 1 to ${MAX_INSTANCES}, got ${instances}`);
  }
  const mutant = options.mutant;
  if (engine === 'vllm' && (mutant === 'blind' || mutant === 'never-ready')) {
    throw new RangeError(
      `mutant ${mutant} needs engine simulated: vLLM ${mutant === 'blind' ? 'has no way to close its eyes' : 'comes to an end of its loading'}`,
    );
  }
  const update = options.update ?? false;
  if (update && engine === 'vllm') {
    throw new RangeError(
      'update needs engine simulated: vLLM of two versions at a time does not fit the memory',
    );
  }
  if (update && mutant && mutant !== 'blind') {
    throw new RangeError(`mutant ${mutant} breaks the first deployment: no update can follow it`);
  }
  return {
    repository: options.repository,
    engine,
    instances,
    drill: (options.drill ?? true) && mutant === undefined,
    update,
    keep: (options.keep ?? false) && mutant === undefined,
    mutant,
    signal: options.signal ?? new AbortController().signal,
    hurry: options.hurry ?? new AbortController().signal,
  };
}
