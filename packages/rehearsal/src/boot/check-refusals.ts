import { DescribeAutoScalingGroupsCommand, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import { corruptWeights } from '../files/corrupt-weights.ts';
import { agentLog, type BootTest, refusal, startAndReport, until, untilReady } from './boot-test.ts';
import { toJournalTime } from './check-life.ts';
import { expectEqual } from './check-list.ts';
import { checkWeakUnits } from './check-weak-units.ts';

const AGENT = 'pixtral-agent.service';
const MODEL = '/var/lib/pixtral/model';

/** What is wrong with a machine in service, and how its agent must take it. */
export async function checkRefusals(test: BootTest, options: { readonly short: boolean }): Promise<void> {
  // Each of these would otherwise be the machine's end, as it should be: the group replaces what does not serve.
  await test.autoScaling.send(
    new SuspendProcessesCommand({
      AutoScalingGroupName: test.groupName,
      ScalingProcesses: ['ReplaceUnhealthy'],
    }),
  );
  await checkCorruptDisk(test);
  await checkFullDisk(test);
  await checkWeakUnits(test, options);
  await checkCorruptBucket(test);
}

async function checkCorruptDisk(test: BootTest): Promise<void> {
  const { machine } = test.instance;
  await test.checks.run(
    'files',
    'bytes that differ on the disk: that file alone is fetched again',
    async () => {
      const file = await weightsFile(test);
      const good = await machine.must('sha256sum', file);
      await machine.must('systemctl', 'stop', AGENT);
      await machine.must(
        'bash',
        '-c',
        `printf "other weights" | dd of=${file} bs=1 seek=1000000 conv=notrunc status=none`,
      );
      if ((await machine.must('sha256sum', file)) === good) throw new Error('the file was not changed');
      const report = await startAndReport(test);
      if (!report.ok) throw new Error(`the agent refuses to serve: ${report.reason}`);
      await untilReady(test);
      expectEqual('SHA-256', await machine.must('sha256sum', file), good);
      const log = await agentLog(test, toJournalTime(report.startedAt));
      const fetched = log
        .filter(({ msg }) => msg === 'files verified')
        .reduce((sum, { files, reused }) => sum + Number(files) - Number(reused), 0);
      expectEqual('files fetched', fetched, 1);
      return `${file} was made whole`;
    },
  );
}

async function checkFullDisk(test: BootTest): Promise<void> {
  const { machine } = test.instance;
  await test.checks.run(
    'files',
    'a full disk: refuses with its name and size, leaves no part of a file',
    async () => {
      const file = await weightsFile(test);
      await machine.must('systemctl', 'stop', AGENT);
      await machine.must('rm', file);
      const free = await machine.must('bash', '-c', 'df --output=avail -B1 /var/lib/pixtral | tail -n 1');
      // All but 8 MiB: the weights do not fit, reports and logs do.
      await machine.must(
        'fallocate',
        '-l',
        String(Number(free) - 8 * 1024 * 1024),
        '/var/lib/pixtral/ballast',
      );
      const report = await startAndReport(test);
      const reason = refusal(report);
      if (!/^the disk is full: \S+ needs \d+ bytes/.test(reason))
        throw new Error(`refused otherwise: ${reason}`);
      const parts = await machine.must('find', MODEL, '-name', '*.partial');
      expectEqual('parts of files', parts, '');
      expectEqual('the weights', (await machine.command('test', '-e', file)).code, 1);
      await expectUnhealthy(test);
      await machine.must('systemctl', 'stop', AGENT);
      await machine.must('rm', '/var/lib/pixtral/ballast');
      const after = await startAndReport(test);
      if (!after.ok) throw new Error(`with room again it refuses: ${after.reason}`);
      await untilReady(test);
      return reason;
    },
  );
}

/** Last: nothing mends the bucket. */
async function checkCorruptBucket(test: BootTest): Promise<void> {
  const { machine } = test.instance;
  await test.checks.run(
    'files',
    'a wrong byte in the bucket: refuses with file, part and bytes',
    async () => {
      const file = await weightsFile(test);
      await machine.must('systemctl', 'stop', AGENT);
      await corruptWeights(test.s3, test.bucket);
      await machine.must('rm', file);
      const reason = refusal(await startAndReport(test));
      if (!/\.safetensors differs from its manifest, part \d+ of \d+ \(bytes \d+-\d+\)/.test(reason)) {
        throw new Error(`refused otherwise: ${reason}`);
      }
      expectEqual('the weights', (await machine.command('test', '-e', file)).code, 1);
      return reason.slice(0, 160);
    },
  );
}

async function weightsFile(test: BootTest): Promise<string> {
  const found = await test.instance.machine.must('find', MODEL, '-name', '*.safetensors');
  return found.split('\n')[0] ?? '';
}

async function expectUnhealthy(test: BootTest): Promise<void> {
  await until(test, 'the group’s being told', async () => {
    const { AutoScalingGroups: [group] = [] } = await test.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [test.groupName] }),
    );
    return group?.Instances?.some(({ HealthStatus }) => HealthStatus === 'Unhealthy') || undefined;
  });
}
