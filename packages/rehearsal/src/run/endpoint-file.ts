import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Where a kept rehearsal can be reached; also what `pixtral ask` and `pixtral verify` use by default. */
export interface RehearsalEndpoint {
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
  /** Unix sockets of the model servers themselves, past gateway and balancer. @default - not known */
  readonly engineSockets?: readonly string[] | undefined;
  /** Where its emulated AWS answers, and the stack in it. @default - not known */
  readonly aws?: RehearsalAws | undefined;
}

/** The emulated AWS of a kept rehearsal: what `pixtral status --rehearsal` and its like look at. */
export interface RehearsalAws {
  readonly endpointUrl: string;
  readonly region: string;
  readonly stackName: string;
  /** Folder in which the CDK finds what the rehearsal changes about the template (`cdk.json`). */
  readonly cdkFolder: string;
}

const endpointSchema = z.object({
  url: z.url(),
  apiKey: z.string(),
  model: z.string(),
  engineSockets: z.array(z.string()).optional(),
  aws: z
    .object({ endpointUrl: z.url(), region: z.string(), stackName: z.string(), cdkFolder: z.string() })
    .optional(),
});

const FILE_NAME = 'endpoint.json';

/** Readable by the user alone: it holds a key, if only that of a rehearsal. */
export async function writeEndpointFile(output: string, endpoint: RehearsalEndpoint): Promise<string> {
  const file = join(output, FILE_NAME);
  await writeFile(file, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 });
  return file;
}

/** The endpoint of a kept rehearsal of this repository, or undefined when none is running. */
export async function readEndpointFile(repository: string): Promise<RehearsalEndpoint | undefined> {
  const file = join(repository, '.rehearsal', FILE_NAME);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return endpointSchema.parse(JSON.parse(text));
}

export async function removeEndpointFile(output: string): Promise<void> {
  await rm(join(output, FILE_NAME), { force: true });
}
