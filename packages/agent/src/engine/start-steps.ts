/** A step of vLLM's start, and the line of its log (0.32.0, CPU and GPU) that begins it. In the order of their coming. */
const STEPS: readonly { readonly name: string; readonly begins: RegExp }[] = [
  { name: 'reading the configuration', begins: /\bnon-default args:/ },
  { name: 'starting the engine', begins: /\bInitializing a V1 LLM engine\b/ },
  { name: 'loading weights', begins: /\bStarting to load model\b/ },
  { name: 'profiling memory', begins: /\b(Loading weights|Model loading) took\b/ },
  { name: 'warming up', begins: /\bKV cache size:/ },
  { name: 'capturing CUDA graphs', begins: /\bCapturing CUDA graphs\b/ },
  { name: 'opening its API', begins: /\binit engine \(profile\b/ },
];

/** What a model server does before it prints anything: a minute on a slow disk, 15 s on a fast one. */
const FIRST_STEP = 'loading packages';

/** Follows a model server's start by what it prints. Only forwards: each of several workers prints the same lines. */
export class StartSteps {
  #next = 0;
  #current: string = FIRST_STEP;

  get current(): string {
    return this.#current;
  }

  /** The step that this line begins, or undefined when it begins none. */
  push(line: string): string | undefined {
    const found = STEPS.findIndex(({ begins }, index) => index >= this.#next && begins.test(line));
    const step = STEPS[found];
    if (!step) return undefined;
    this.#next = found + 1;
    this.#current = step.name;
    return step.name;
  }
}
