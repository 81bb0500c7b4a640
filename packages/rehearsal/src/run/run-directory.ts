import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearBelow } from './residue.ts';

export interface RunDirectory {
  /** `.rehearsal`: report, logs, endpoint file; kept until the next rehearsal. */
  readonly output: string;
  readonly logs: string;
  /** Working folder of the CDK command line: context, home and assembly of this rehearsal alone. */
  readonly cdk: string;
  /** State of the emulated AWS. */
  readonly emulator: string;
  /** Parent of the instances' root folders; removed at the end. */
  readonly instances: string;
  /** Model files and runtime before they are seeded. */
  readonly staging: string;
}

/**
 * Unix socket paths end at 107 bytes on Linux and 103 on macOS (sun_path); an engine's socket lies
 * 45 bytes below the instances' folder: `/<instance id>/run/pixtral/engine.sock`.
 */
const LONGEST_INSTANCES_PATH = 103 - 45;

/** Makes an empty `.rehearsal/` (what the last rehearsal left is removed). */
export async function createRunDirectory(repository: string): Promise<RunDirectory> {
  const output = join(repository, '.rehearsal');
  const inside = join(output, 'instances');
  // Of a rehearsal that was killed.
  await clearBelow(inside);
  await rm(output, { recursive: true, force: true });
  const instances =
    inside.length <= LONGEST_INSTANCES_PATH ? inside : await mkdtemp(join(tmpdir(), 'pixtral-'));
  const directory: RunDirectory = {
    output,
    logs: join(output, 'logs'),
    cdk: join(output, 'cdk'),
    emulator: join(output, 'emulator'),
    instances,
    staging: join(output, 'staging'),
  };
  for (const path of Object.values(directory)) await mkdir(path, { recursive: true });
  await writeFile(join(output, 'package.json'), '{}\n');
  return directory;
}

/** Removes what only a running rehearsal needs; the report and the logs stay. */
export async function removeRunState(directory: RunDirectory): Promise<void> {
  await clearBelow(directory.instances);
  for (const path of [directory.instances, directory.emulator, directory.staging]) {
    await rm(path, { recursive: true, force: true });
  }
}
