import { readFile } from 'node:fs/promises';
import { BOOT_PHASES } from '@pixtral-fleet/agent';
import { type BootTest, showUnit } from './boot-test.ts';
import { expectEqual } from './check-list.ts';

const GROUP = 'boot';

/** Where agent, cloud-init and systemd write. */
const SEARCHED = [
  ...[
    '/etc',
    '/opt/pixtral/agent',
    '/run/pixtral',
    '/run/pixtral-engine',
    '/run/cloud-init',
    '/tmp',
    '/var/tmp',
  ],
  ...['/var/log', '/root', '/var/lib/cloud', '/var/lib/pixtral/boot-report.json'],
];

/** That the machine came up by its user data alone, and everything on it is as it should be. */
export async function checkBoot(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  const { machine } = instance;
  await checks.run(GROUP, 'cloud-init ran the user data of the launch template to its end', async () => {
    // It waits for the end of it; code 2 tells of warnings, such as of no hardware clock.
    const { stdout, code } = await machine.command('cloud-init', 'status', '--wait', '--long');
    const status = /^status: (.+)$/m.exec(stdout)?.[1];
    if (status !== 'done') throw new Error(`cloud-init: ${stdout.trim() || `code ${code}`}`);
    const source = /^detail:\s*(.+)$/m.exec(stdout)?.[1] ?? '';
    return `status ${status}, ${source}`;
  });
  await checks.run(GROUP, 'Node runs on an image without libatomic.so.1', async () => {
    const log = await machine.must('cat', '/var/log/cloud-init-output.log');
    if (!log.includes('this image has no libatomic.so.1: Node runs with its own')) {
      throw new Error('the user data does not say so');
    }
    const pid = (await showUnit(test, 'pixtral-agent.service', 'MainPID')).get('MainPID');
    const maps = await machine.must('grep', '--only-matching', '/[^ ]*libatomic[^ ]*', `/proc/${pid}/maps`);
    expectEqual(
      'libraries of that name',
      [...new Set(maps.split('\n'))],
      ['/opt/pixtral/node/lib/libatomic.so.1'],
    );
    return maps.split('\n')[0] ?? '';
  });
  await checks.run(GROUP, 'units are active, none has failed', async () => {
    for (const unit of ['pixtral-storage.service', 'pixtral-agent.service', 'pixtral-engine.service']) {
      expectEqual(unit, (await showUnit(test, unit, 'ActiveState')).get('ActiveState'), 'active');
    }
    const failed = await machine.must('systemctl', 'list-units', '--failed', '--plain', '--no-legend');
    const ours = failed.split('\n').filter((line) => line.includes('pixtral'));
    expectEqual('failed units', ours, []);
    return 'storage, agent, engine';
  });
  await checks.run(GROUP, 'the launch hook was completed after every phase of the boot', async () => {
    const report = await instance.bootReport();
    if (!report?.ok) throw new Error(`the boot report says: ${report?.reason ?? 'nothing'}`);
    const names: readonly string[] = report.phases.map(({ name }) => name);
    expectEqual(
      'phases',
      names,
      BOOT_PHASES.filter((phase) => names.includes(phase)),
    );
    for (const phase of ['files', 'engine-ready', 'gate', 'in-service']) {
      if (!names.includes(phase)) throw new Error(`no phase ${phase} in ${names.join(', ')}`);
    }
    return report.phases.map(({ name, ms }) => `${name} ${(ms / 1_000).toFixed(1)} s`).join(', ');
  });
  await checks.run(GROUP, 'the state folder is on the disk that AWS’s image mounts', async () => {
    const source = await machine.must('findmnt', '--noheadings', '--output=SOURCE', '/var/lib/pixtral');
    if (!/^\/dev\/loop\d+\[\/pixtral\]$/.test(source)) throw new Error(`/var/lib/pixtral is on ${source}`);
    return source;
  });
  await checks.run(GROUP, 'the runtime is a mounted image, read-only', async () => {
    const [type, options] = (
      await machine.must(
        'findmnt',
        '--noheadings',
        '--output=FSTYPE,OPTIONS',
        '/var/lib/pixtral/runtime-root',
      )
    ).split(/\s+/);
    expectEqual('file system', type, 'squashfs');
    for (const option of ['ro', 'nodev', 'nosuid']) {
      if (!options?.split(',').includes(option)) throw new Error(`mounted without ${option}: ${options}`);
    }
    return `${type} ${options}`;
  });
  await checks.run(GROUP, 'the API key is in no file of the machine and in no command line', async () => {
    const text = JSON.parse(await readFile(`${machine.root}/etc/pixtral/instance.json`, 'utf8'));
    if (JSON.stringify(text).includes(test.apiKey)) throw new Error('it is in instance.json');
    const findFiles = async (text: string) => {
      const { stdout } = await machine.command(
        ...['grep', '--recursive', '--files-with-matches', '--fixed-strings', '--binary-files=text'],
        ...['--devices=skip', '--no-messages', '-e', text, ...SEARCHED],
      );
      return stdout.trim().split('\n').filter(Boolean);
    };
    // What finds nothing must be seen to find something.
    if ((await findFiles(instance.id)).length === 0) throw new Error('not even the instance id was found');
    expectEqual('files that hold it', await findFiles(test.apiKey), []);
    const commands = await machine.must('ps', '-e', '--format=args');
    const shown = commands.split('\n').filter((line) => line.includes(test.apiKey));
    expectEqual('command lines that hold it', shown, []);
    return 'found nowhere';
  });
}
