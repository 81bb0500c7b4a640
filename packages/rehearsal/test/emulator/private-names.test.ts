import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { EMULATOR_FOLDER, type PythonEnvironment, prepareEmulator } from '../../src/emulator/index.ts';
import { CACHE } from './test-cloud.ts';

const execute = promisify(execFile);

let environment: PythonEnvironment;
beforeAll(async () => {
  environment = await prepareEmulator({ cacheDirectory: CACHE });
}, 120_000);

function python(source: string) {
  const env = {
    PATH: '/usr/bin:/bin',
    PYTHONPATH: EMULATOR_FOLDER,
    PYTHONPYCACHEPREFIX: environment.bytecodeFolder,
  };
  return execute(environment.command, ['-c', source], { env });
}

/** What each module of ministack is called in the extensions. */
const ALIASES: Readonly<Record<string, string>> = {
  alb: 'ministack.services.alb',
  asg: 'ministack.services.autoscaling',
  budgets: 'ministack.services.budgets',
  cwlogs: 'ministack.services.cloudwatch_logs',
  codebuild: 'ministack.services.codebuild',
  cloudformation: 'ministack.services.cloudformation',
  cw: 'ministack.services.cloudwatch',
  ec2: 'ministack.services.ec2',
  engine: 'ministack.services.cloudformation.engine',
  route53: 'ministack.services.route53',
  eventbridge: 'ministack.services.eventbridge',
  iam: 'ministack.services.iam',
  lambdas: 'ministack.services.lambda_svc',
  provisioners: 'ministack.services.cloudformation.provisioners',
  s3: 'ministack.services.s3',
  secretsmanager: 'ministack.services.secretsmanager',
  sns: 'ministack.services.sns',
  ssm: 'ministack.services.ssm',
  stacks: 'ministack.services.cloudformation.stacks',
};

describe('the private names of ministack', () => {
  it('are all there in the locked version', async () => {
    const { stdout } = await python(
      'from rehearsal_aws import private_names; print(private_names.missing())',
    );
    expect(stdout.trim()).toBe('[]');
  });

  it('are listed exactly as the extensions use them', async () => {
    const { stdout } = await python(
      'import json; from rehearsal_aws import private_names; print(json.dumps(private_names.NAMES))',
    );
    const listed: unknown = JSON.parse(stdout);
    const folder = join(EMULATOR_FOLDER, 'rehearsal_aws');
    const used = new Map<string, Set<string>>(Object.values(ALIASES).map((module) => [module, new Set()]));
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.py'))) {
      const source = await readFile(join(folder, file), 'utf8');
      for (const [, alias = '', name = ''] of source.matchAll(/\b([a-z0-9]+)\.(_[a-zA-Z]\w*)/g)) {
        used.get(ALIASES[alias] ?? '')?.add(name);
      }
    }
    for (const [module, names] of used) expect(listed).toHaveProperty([module], [...names].sort());
  });

  it('end the start with a clear message when one is missing', async () => {
    const source =
      "from rehearsal_aws import private_names as p; p.NAMES['ministack.services.ec2'].append('_gone'); p.check()";
    await expect(python(source)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'the installed ministack lacks ministack.services.ec2._gone; these extensions are written for ministack 1.5.33 (requirements.lock)\n',
      ),
    });
  });
});
