import { agentLog, type BootTest } from './boot-test.ts';
import { expectEqual } from './check-list.ts';

const GROUP = 'confinement';

/** What `engine-probe.mjs` prints. */
interface Probe {
  readonly uid: number;
  readonly connected: Readonly<Record<string, string>>;
  readonly sockets: Readonly<Record<string, string>>;
  readonly interfaces: readonly string[];
  readonly written: Readonly<Record<string, string>>;
  readonly read: Readonly<Record<string, string>>;
  readonly othersProcesses: number;
  readonly unshared: string;
  readonly environment: readonly string[];
}

/** The two of its own; anything else it may only read. */
const MAY_WRITE = ['/run/pixtral-engine', '/var/lib/pixtral/engine-home'];

/** What a unit's engine can do, tried from within it: with its user, its namespaces and its filter of system calls. */
export async function checkConfinement(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  const { machine } = instance;
  const probe = await readProbe(test);
  await checks.run(GROUP, 'the model server reaches no address, nor the machine it is on', () => {
    const reached = Object.entries(probe.connected).map(([address, outcome]) => `${address} ${outcome}`);
    for (const [address, outcome] of Object.entries(probe.connected)) {
      const refused = address.startsWith('127.') ? outcome === 'ECONNREFUSED' : outcome === 'ENETUNREACH';
      if (!refused) throw new Error(`${address}: ${outcome}`);
    }
    expectEqual('interfaces', probe.interfaces, ['lo']);
    return reached.join(', ');
  });
  await checks.run(GROUP, 'it talks to no program of the machine by a Unix socket', async () => {
    for (const [path, outcome] of Object.entries(probe.sockets)) {
      // What is not there for anybody would prove nothing.
      await machine.must('test', '-S', path);
      if (outcome !== 'ENOENT') throw new Error(`${path}: ${outcome}`);
    }
    return Object.keys(probe.sockets).join(', ');
  });
  await checks.run(
    GROUP,
    'it writes nowhere but in its home, beside its socket, and in private temporary folders',
    () => {
      const written = Object.entries(probe.written).filter(([, outcome]) => outcome === 'done');
      expectEqual(
        'folders that it could write',
        written.map(([folder]) => folder).sort(),
        MAY_WRITE.toSorted(),
      );
      return `${Object.keys(probe.written).length - MAY_WRITE.length} other folders refused`;
    },
  );
  await checks.run(GROUP, 'it reads neither the instance’s config nor the agent', () => {
    const read = Object.entries(probe.read).filter(([, outcome]) => outcome === 'done');
    expectEqual(
      'files that it could read',
      read.map(([file]) => file),
      [],
    );
    return Object.entries(probe.read)
      .map(([file, outcome]) => `${file} ${outcome}`)
      .join(', ');
  });
  await checks.run(
    GROUP,
    'it sees no process of another user, and has no user namespace to be root in',
    () => {
      expectEqual('processes of others', probe.othersProcesses, 0);
      if (probe.unshared === 'done') throw new Error('it made a user namespace');
      expectEqual('runs as root', probe.uid === 0, false);
      return `uid ${probe.uid}`;
    },
  );
  await checks.run(GROUP, 'its environment leads to no credentials', () => {
    const leading = probe.environment.filter((name) => name.startsWith('AWS_'));
    expectEqual('variables of AWS', leading, []);
    return probe.environment.join(', ');
  });
  for (const [unit, limit] of [
    ['pixtral-engine.service', 2],
    ['pixtral-agent.service', 4.5],
  ] as const) {
    await checks.run(GROUP, `systemd-analyze security ${unit}: at most ${limit.toFixed(1)}`, async () => {
      const { stdout } = await machine.command('systemd-analyze', 'security', '--no-pager', unit);
      const score = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
      if (!(score <= limit)) throw new Error(`got ${score}: ${stdout.trim().split('\n').at(-1)}`);
      return score.toFixed(1);
    });
  }
  await checks.run(GROUP, 'the metadata service answers the machine itself', async () => {
    const token = await machine.must(
      ...['curl', '-fsS', '-X', 'PUT', '-H', 'x-aws-ec2-metadata-token-ttl-seconds: 60'],
      'http://169.254.169.254/latest/api/token',
    );
    const id = await machine.must(
      ...['curl', '-fsS', '-H', `x-aws-ec2-metadata-token: ${token}`],
      'http://169.254.169.254/latest/meta-data/instance-id',
    );
    // Otherwise "unreachable" above would prove nothing.
    expectEqual('instance id', id, instance.id);
    return id;
  });
}

async function readProbe(test: BootTest): Promise<Probe> {
  const mark = 'engine-probe: ';
  const lines = await agentLog(test, '-1h');
  const line = lines.findLast(({ msg }) => typeof msg === 'string' && msg.startsWith(mark));
  if (!line) throw new Error('the model server has printed no probe');
  return JSON.parse(String(line.msg).slice(mark.length)) as Probe;
}
