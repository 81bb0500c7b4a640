import type { EngineLog } from './engine-log.ts';

/** What a person has to know of an end whose own words do not tell it; the first that fits. */
const MEANINGS: readonly { readonly says: RegExp; readonly means: string }[] = [
  {
    says: /VLLM_CPU_KVCACHE_SPACE/,
    means: 'the CPU has less memory free than the KV cache is to have',
  },
  {
    says: /failed to map segment from shared object|Cannot allocate memory|\bMemoryError\b/,
    means: 'the machine, or a limit such as ulimit -v, has too little memory',
  },
  { says: /ended by SIGKILL/, means: 'by the kernel for lack of memory, unless somebody did it' },
  {
    says: /ended by SIGILL/,
    means: 'this CPU lacks instructions that the build needs: AVX2 at least',
  },
  {
    says: /WorkerProc initialization failed|See root cause above/,
    means: 'a worker ended without a word: too little memory, or a CPU below AVX2',
  },
  { says: /No tokenizer file found/, means: 'tekken.json is missing among the model files' },
  { says: /SafetensorError/, means: 'a file of weights is cut or damaged: seed the model again' },
  {
    says: /unrecognized arguments|cannot be converted to/,
    means: 'a flag that this version of vLLM does not take',
  },
];

/** The end of a model server in its own words, with what they mean in brackets where that is known. */
export function explainEnd(end: string): string {
  const known = MEANINGS.find(({ says }) => says.test(end));
  return known ? `${end} (${known.means})` : end;
}

/** How a process ended, with the first cause from what it printed, and what that means. */
export function tellEnd(
  { code, signal }: { readonly code: number | null; readonly signal: string | null },
  log: EngineLog,
): string {
  const how = signal ? `it was ended by ${signal}` : `it exited with code ${code}`;
  const cause = signal ? log.firstFailure() : log.firstCause();
  return explainEnd(cause ? `${how}: ${cause}` : how);
}
