import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../../src/repository.ts';

/** Where the package's name is not IAM's prefix. */
const PREFIXES: Record<string, string> = {
  'auto-scaling': 'autoscaling',
  'cloudwatch-logs': 'logs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'resource-groups-tagging-api': 'tag',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
};

/** Where the command's name is not IAM's action (service authorization reference). */
const ACTIONS: Record<string, string> = {
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:HeadBucket': 's3:ListBucket',
  's3:ListObjectVersions': 's3:ListBucketVersions',
  's3:ListObjectsV2': 's3:ListBucket',
};

it('docs/iam/deployer.json allows everything that the command line calls of AWS', () => {
  const policy: { readonly Statement: readonly { readonly Action: string | readonly string[] }[] } =
    JSON.parse(readFileSync(join(REPOSITORY, 'docs', 'iam', 'deployer.json'), 'utf8'));
  const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
  const called = ['cli', 'operator'].flatMap((name) =>
    calledActions(join(REPOSITORY, 'packages', name, 'src')),
  );
  expect(called.filter((action) => !allowed.has(action))).toEqual([]);
});

it('finds commands whichever way they are imported', () => {
  const source = `
    import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
    import { DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
    import {
      InvokeCommand,
      LambdaClient,
    } from '@aws-sdk/client-lambda';`;
  expect(actionsIn(source)).toEqual([
    'ec2:DescribeInstances',
    'cloudformation:DescribeStacks',
    'lambda:InvokeFunction',
  ]);
});

function calledActions(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return [
    ...new Set(files.flatMap((file) => actionsIn(readFileSync(join(folder, file), 'utf8')))),
  ].toSorted();
}

function actionsIn(source: string): readonly string[] {
  return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(([, command, pages]) => {
        const action = `${PREFIXES[client] ?? client}:${command ?? pages}`;
        return ACTIONS[action] ?? action;
      }),
  );
}
