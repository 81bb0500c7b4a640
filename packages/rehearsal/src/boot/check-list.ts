/** One thing that must be so, and how it was. */
export interface CheckResult {
  readonly group: string;
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What was seen; of a failed check, why. */
  readonly seen: string;
}

/** Runs checks one after the other and tells each as it ends. One that fails does not keep the next ones from running. */
export class CheckList {
  readonly #results: CheckResult[] = [];
  readonly #tell: (result: CheckResult) => void;

  constructor(tell: (result: CheckResult) => void) {
    this.#tell = tell;
  }

  get results(): readonly CheckResult[] {
    return this.#results;
  }

  /** @param work returns what was seen; throws with what was got and what was expected */
  async run(group: string, name: string, work: () => Promise<string> | string): Promise<void> {
    const began = performance.now();
    let ok = true;
    let seen: string;
    try {
      seen = await work();
    } catch (error) {
      ok = false;
      seen = error instanceof Error ? error.message : String(error);
    }
    const result = { group, name, ok, ms: Math.round(performance.now() - began), seen };
    this.#results.push(result);
    this.#tell(result);
  }
}

/** @throws Error with what was got and expected, when these differ */
export function expectEqual(what: string, got: unknown, expected: unknown): void {
  const [had, wanted] = [JSON.stringify(got), JSON.stringify(expected)];
  if (had !== wanted) throw new Error(`${what}: got ${had}, expected ${wanted}`);
}
