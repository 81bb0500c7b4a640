import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One way of bringing an object to a file. */
export interface TransferTool {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Place {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly file: string;
  /** Where the object comes to. */
  readonly target: string;
  /** For configuration. */
  readonly folder: string;
}

export const OURS = 'this agent, SHA-256 checked';

/** All that can be run here, and why others cannot. */
export function findTools(place: Place): {
  readonly tools: readonly TransferTool[];
  readonly skipped: readonly string[];
} {
  const found = [ours(place), aws(place), s5cmd(place)];
  return {
    tools: found.filter((each) => typeof each !== 'string'),
    skipped: found.filter((each) => typeof each === 'string'),
  };
}

function ours({ endpoint, bucket, prefix, target }: Place): TransferTool {
  const file = fileURLToPath(new URL('sync-process.ts', import.meta.url));
  return { name: OURS, command: [process.execPath, file, endpoint, bucket, prefix, target], environment: {} };
}

/** Version 2, or version 1 with the package awscrt, whose CRT client it is. */
function aws(place: Place): TransferTool | string {
  const program = process.env.AWS_CLI ?? 'aws';
  const version = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!/awscrt|aws-cli\/2/.test(version)) {
    return `\`aws s3 cp\`: ${version ? `${version.split(' ')[0]} has no CRT client (pip install awscrt)` : 'not installed'}; AWS_CLI names another`;
  }
  const config = join(place.folder, 'aws-config');
  writeFileSync(
    config,
    '[default]\nregion = us-east-1\ns3 =\n  preferred_transfer_client = crt\n  target_bandwidth = 25Gb/s\n',
  );
  return {
    name: `aws s3 cp (CRT; ${/aws-cli\/[\d.]+/.exec(version)?.[0]})`,
    command: [
      program,
      '--no-sign-request',
      '--endpoint-url',
      place.endpoint,
      's3',
      'cp',
      '--quiet',
      ...fromTo(place),
    ],
    environment: { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
  };
}

function s5cmd(place: Place): TransferTool | string {
  const program = process.env.S5CMD ?? 's5cmd';
  const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8' });
  if (!stdout) return '`s5cmd`: not installed; S5CMD names it';
  return {
    name: `s5cmd (${stdout.trim().split('-')[0]})`,
    command: [program, '--no-sign-request', '--endpoint-url', place.endpoint, 'cp', ...fromTo(place)],
    environment: { AWS_REGION: 'us-east-1' },
  };
}

function fromTo({ bucket, prefix, file, target }: Place): readonly string[] {
  return [`s3://${bucket}/${prefix}${file}`, join(target, file)];
}
