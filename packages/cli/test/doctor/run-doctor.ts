import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pixtral } from '../run-pixtral.ts';

/** Where doctor looks: AWS, and the hub of the checkpoints. */
export interface DoctorPlaces {
  readonly endpointUrl: string;
  readonly hubUrl: string;
}

/** `pixtral doctor` with a config of these options. */
export async function runDoctor(config: object, places: DoctorPlaces, options: { readonly json?: boolean }) {
  const file = join(tmpdir(), `doctor-${Math.random().toString(36).slice(2)}.config.ts`);
  await writeFile(file, `export default ${JSON.stringify(config)};\n`);
  const args = ['doctor', '--config', file, ...(options.json ? ['--json'] : [])];
  return pixtral(args, {
    env: {
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL: places.endpointUrl,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      HF_ENDPOINT: places.hubUrl,
    },
  });
}
