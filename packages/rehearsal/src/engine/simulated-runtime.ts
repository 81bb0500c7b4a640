import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutant } from '../run/options.ts';

/** Behaviour that the simulated model servers read when they start; see the simulator's options. */
export interface SimulatedBehaviour {
  readonly blind?: boolean;
  readonly neverReady?: boolean;
  readonly loadSeconds?: number;
  readonly perTokenMs?: number;
}

/** Model servers whose command line holds `engineArgument` read another file. */
export interface UpdatedBehaviour {
  readonly engineArgument: string;
  readonly behaviourFile: string;
}

/** Loading a 12B checkpoint takes minutes on a GPU; a rehearsal shows the phase and does not wait for it. */
const LOAD_SECONDS = 1;

/** About the pace of one stream on an A10G with 8-bit weights (41 tokens/s at most: 600 GB/s over 14.5 GB). */
const PER_TOKEN_MS = 25;

/** How the model servers of a rehearsal behave at the start. */
export function initialBehaviour(mutant: Mutant | undefined): SimulatedBehaviour {
  return {
    loadSeconds: LOAD_SECONDS,
    perTokenMs: PER_TOKEN_MS,
    ...(mutant === 'blind' ? { blind: true } : {}),
    ...(mutant === 'never-ready' ? { neverReady: true } : {}),
  };
}

/** Written whole and at once: a model server may start at any moment. */
export async function writeBehaviour(file: string, behaviour: SimulatedBehaviour): Promise<void> {
  await writeFile(file, `${JSON.stringify(behaviour)}\n`);
}

/**
 * A runtime image whose `bin/vllm` is the simulator: the agent fetches, verifies and starts it exactly as it does
 * the GPU runtime, with the same arguments.
 */
export async function writeSimulatedRuntime(
  folder: string,
  options: {
    readonly behaviourFile: string;
    readonly updated?: UpdatedBehaviour | undefined;
    /** Socket on which a running one can be told to behave otherwise, seen from its home. @default - none */
    readonly controlSocket?: string | undefined;
  },
): Promise<void> {
  const main = join(dirname(fileURLToPath(import.meta.resolve('@pixtral-fleet/simulator'))), 'main.ts');
  await mkdir(join(folder, 'bin'), { recursive: true });
  const { behaviourFile, updated, controlSocket } = options;
  const control = controlSocket === undefined ? '' : ` --control ${quote(controlSocket)}`;
  const script = [
    '#!/bin/sh',
    `behaviour=${quote(behaviourFile)}`,
    ...(updated
      ? [`case "$*" in *${quote(updated.engineArgument)}*) behaviour=${quote(updated.behaviourFile)} ;; esac`]
      : []),
    `PIXTRAL_SIMULATE_FILE="$behaviour" exec ${quote(process.execPath)} ${quote(main)} "$@"${control}`,
    '',
  ].join('\n');
  await writeFile(join(folder, 'bin', 'vllm'), script, { mode: 0o755 });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
