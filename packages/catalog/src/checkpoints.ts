export const CHECKPOINT_IDS = ['bf16', 'w8a8', 'fp8', 'w4a16', 'nano'] as const;

export type CheckpointId = (typeof CHECKPOINT_IDS)[number];

/** Weights of Pixtral 12B in one precision, or of a small relative, and what vLLM must be told to load them. */
export interface Checkpoint {
  readonly id: CheckpointId;
  /** Hugging Face repository, or for `nano` a name of the same form. */
  readonly repository: string;
  /** Mistral and Hugging Face layouts need different flags; mixing them fails (vllm issue 31792). */
  readonly format: 'mistral' | 'hf';
  /** Bytes of all weight files. */
  readonly weightBytes: number;
  /** Flags of `vllm serve` that belong to the format. */
  readonly flags: readonly string[];
  /** Lowest CUDA compute capability on which vLLM runs it. */
  readonly computeCapability: number;
  /** Most tokens of context that it was made for; vLLM refuses to start with more. */
  readonly longestContext: number;
  /** For trials of everything but quality: never suggested in place of another. @default false */
  readonly trial?: boolean;
  /** What it costs and gains, in a sentence. */
  readonly note: string;
}

const MISTRAL_FLAGS = [
  '--tokenizer-mode',
  'mistral',
  '--config-format',
  'mistral',
  '--load-format',
  'mistral',
];

/** Pixtral 12B's model card: 128k tokens. */
const PIXTRAL_CONTEXT = 131_072;

/** Sizes from the repositories' file lists; precision notes from the RedHatAI cards and vLLM's compressed-tensors code. */
export const CHECKPOINTS: readonly Checkpoint[] = [
  {
    id: 'bf16',
    repository: 'mistralai/Pixtral-12B-2409',
    format: 'mistral',
    weightBytes: 25_365_479_424,
    flags: MISTRAL_FLAGS,
    computeCapability: 8,
    longestContext: PIXTRAL_CONTEXT,
    note: 'the original; needs 48 GB of GPU memory',
  },
  {
    id: 'w8a8',
    repository: 'RedHatAI/pixtral-12b-quantized.w8a8',
    format: 'hf',
    weightBytes: 14_460_000_000,
    flags: [],
    computeCapability: 7.5,
    longestContext: PIXTRAL_CONTEXT,
    note: 'INT8 weights and activations, native on Ampere (A10G)',
  },
  {
    id: 'fp8',
    repository: 'RedHatAI/pixtral-12b-FP8-dynamic',
    format: 'hf',
    weightBytes: 14_460_000_000,
    flags: [],
    computeCapability: 7.5,
    longestContext: PIXTRAL_CONTEXT,
    note: 'FP8, native from compute capability 8.9 (L4, L40S); weight-only below',
  },
  {
    id: 'w4a16',
    repository: 'RedHatAI/pixtral-12b-quantized.w4a16',
    format: 'hf',
    weightBytes: 9_180_000_000,
    flags: [],
    computeCapability: 7.5,
    longestContext: PIXTRAL_CONTEXT,
    note: 'INT4 weights; leaves the most room for the KV cache, or fits 16 GB',
  },
  {
    id: 'nano',
    repository: 'pixtral-fleet/nano',
    format: 'mistral',
    // 2.3 million parameters in bfloat16: packages/nano.
    weightBytes: 4_600_000,
    flags: MISTRAL_FLAGS,
    computeCapability: 7.5,
    longestContext: 16_384,
    trial: true,
    note: 'the small model of packages/nano: sees colours, shapes and digits; for the rehearsal on a CPU',
  },
];

/** @throws RangeError that lists the known ids. */
export function findCheckpoint(id: string): Checkpoint {
  const found = CHECKPOINTS.find((checkpoint) => checkpoint.id === id);
  if (found) return found;
  throw new RangeError(`unknown checkpoint ${JSON.stringify(id)}; known: ${CHECKPOINT_IDS.join(', ')}`);
}
