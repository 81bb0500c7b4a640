import { agentLog, type BootTest, nextReport, openStream, showUnit, until, untilReady } from './boot-test.ts';
import { expectEqual } from './check-list.ts';

const AGENT = 'pixtral-agent.service';
const ENGINE = 'pixtral-engine.service';

/** Stops, crashes, hangs and reboots of a machine in service. */
export async function checkLife(test: BootTest, options: { readonly short: boolean }): Promise<void> {
  await checkStop(test);
  if (!options.short) await checkKill(test);
  if (!options.short) await checkEngineHang(test);
  await checkHang(test);
  await checkReboot(test);
}

async function checkStop(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  const { machine } = instance;
  await checks.run(
    'stop',
    'systemctl stop: a stream in flight ends whole, then the model server ends',
    async () => {
      const limit = (await showUnit(test, AGENT, 'TimeoutStopUSec')).get('TimeoutStopUSec');
      const stream = openStream(test);
      await stream.flowing;
      const began = performance.now();
      await machine.must('systemctl', 'stop', AGENT);
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      expectEqual('the stream', await stream.ended, 'completed');
      // The service manager would have noted `timeout` if it had lost its patience.
      const state = await showUnit(test, AGENT, 'Result', 'ExecMainStatus');
      expectEqual(
        'how the agent ended',
        [state.get('Result'), state.get('ExecMainStatus')],
        ['success', '0'],
      );
      expectEqual('the model server', (await showUnit(test, ENGINE, 'MainPID')).get('MainPID'), '0');
      // The agent does not wait for this: at a shutdown it would have to come first.
      await until(test, 'the end of the runtime’s mount', async () => {
        const { code } = await machine.command('findmnt', '/var/lib/pixtral/runtime-root');
        return code !== 0 || undefined;
      });
      return `after ${seconds} s of at most ${limit}`;
    },
  );
  await checks.run('stop', 'systemctl start: serves again with the files that are there', () =>
    startAgain(test, () => machine.must('systemctl', 'start', AGENT)),
  );
}

async function checkKill(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  await checks.run(
    'crash',
    'an agent that is killed is started again, and no model server outlives it',
    async () => {
      const before = await showUnit(test, ENGINE, 'MainPID');
      const seen = await startAgain(test, () =>
        instance.machine.must('systemctl', 'kill', '--signal=SIGKILL', '--kill-whom=main', AGENT),
      );
      const after = await showUnit(test, ENGINE, 'MainPID');
      if (before.get('MainPID') === after.get('MainPID')) throw new Error('the model server is the same');
      return seen;
    },
  );
}

async function checkEngineHang(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  await checks.run(
    'crash',
    'a model server that hangs (SIGSTOP) is ended in its sandbox by SIGABRT, and another one passes the gate',
    async () => {
      const pid = (await showUnit(test, ENGINE, 'MainPID')).get('MainPID');
      const began = performance.now();
      await instance.machine.must('kill', '-STOP', String(pid));
      const report = await until(test, 'the restart of the model server', async () => {
        const latest = await instance.bootReport();
        return latest !== undefined && latest.restarts.length > 0 ? latest : undefined;
      });
      await untilReady(test);
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      const reason = report.restarts.at(-1)?.reason ?? '';
      if (!reason.startsWith('it hung: ')) throw new Error(`it was started again because ${reason}`);
      const log = await agentLog(test, toJournalTime(report.startedAt));
      const end = log.find(({ msg }) => msg === 'the hung model server was ended')?.end;
      if (!String(end).startsWith('it was ended by SIGABRT')) throw new Error(`its end: ${String(end)}`);
      if (!log.some(({ msg }) => msg === 'a process of the hung model server'))
        throw new Error('the agent’s log does not tell of its threads');
      return `${reason}; in service after ${seconds} s`;
    },
  );
}

async function checkHang(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  await checks.run(
    'crash',
    'an agent that hangs (SIGSTOP) is noticed by the watchdog and started again',
    async () => {
      const limit = (await showUnit(test, AGENT, 'WatchdogUSec')).get('WatchdogUSec');
      const pid = (await showUnit(test, AGENT, 'MainPID')).get('MainPID');
      const seen = await startAgain(test, () => instance.machine.must('kill', '-STOP', String(pid)));
      const journal = await instance.machine.must(
        'journalctl',
        '--unit',
        AGENT,
        '--output=cat',
        '--no-pager',
      );
      if (!/Watchdog timeout/.test(journal)) throw new Error('the journal does not speak of the watchdog');
      return `${seen}; watchdog ${limit}`;
    },
  );
}

async function checkReboot(test: BootTest): Promise<void> {
  const { checks, instance } = test;
  const { machine } = instance;
  await checks.run(
    'reboot',
    'a stream in flight ends whole, and the machine comes back into service',
    async () => {
      const first = await machine.init();
      const stream = openStream(test);
      await stream.flowing;
      const seen = await startAgain(test, async () => {
        await machine.command('systemctl', 'reboot');
        expectEqual('the stream', await stream.ended, 'completed');
        await until(test, 'the reboot', async () => {
          const init = await machine.init();
          return (init !== undefined && init !== first) || undefined;
        });
      });
      return seen;
    },
  );
}

/** Waits for the agent's next service, in which nothing may have been fetched again. */
async function startAgain(test: BootTest, work: () => Promise<unknown>): Promise<string> {
  const { instance } = test;
  const earlier = await instance.bootReport();
  const began = performance.now();
  await work();
  const report = await nextReport(test, earlier);
  if (!report.ok) throw new Error(`the agent refuses to serve: ${report.reason}`);
  await untilReady(test);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const log = await agentLog(test, toJournalTime(report.startedAt));
  const verified = log.filter(({ msg }) => msg === 'files verified');
  expectEqual('folders verified', verified.length, 2);
  for (const { name, files, reused } of verified)
    expectEqual(`files of ${name} that were reused`, reused, files);
  // A systemd that counts starts would refuse the next ones.
  await instance.machine.must('systemctl', 'reset-failed', AGENT);
  return `in service after ${seconds} s, nothing fetched again`;
}

/** `@` and seconds: the one form that no time zone changes; a second earlier, since it is rounded. */
export function toJournalTime(iso: string): string {
  return `@${Math.floor(Date.parse(iso) / 1_000) - 1}`;
}
