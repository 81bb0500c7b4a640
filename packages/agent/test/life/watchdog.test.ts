import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { tellWatchdog } from '../../src/lifecycle/watchdog.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Stands in for systemd-notify: notes each message, and ends with `code`. */
async function notifier(folder: string, code = 0) {
  const command = join(folder, 'systemd-notify');
  const told = join(folder, 'told');
  await writeFile(command, `#!/bin/sh\necho "$* to $NOTIFY_SOCKET" >>'${told}'\nexit ${code}\n`);
  await chmod(command, 0o755);
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  return {
    command,
    logger,
    lines,
    async told(): Promise<readonly string[]> {
      const text = await readFile(told, 'utf8').catch(() => '');
      return text.split('\n').filter(Boolean);
    },
  };
}

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await sleep(10);
}

const environment = { ...process.env, NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '200000' };

describe('the watchdog', () => {
  test('is told at once, and again until nobody is there any more', async () => {
    await using folder = await temporaryFolder();
    const systemd = await notifier(folder.path);
    const watchdog = tellWatchdog(systemd.logger, environment, systemd.command);
    await until(async () => (await systemd.told()).length >= 3);
    watchdog[Symbol.dispose]();
    expect(new Set(await systemd.told())).toEqual(new Set(['WATCHDOG=1 to /run/systemd/notify']));
    expect(systemd.lines).toEqual([]);
  });

  test.each([
    ['no watchdog is set', { WATCHDOG_USEC: undefined }],
    ['its time is none', { WATCHDOG_USEC: 'soon' }],
    ['nobody listens', { NOTIFY_SOCKET: undefined }],
  ])('is not told anything where %s', async (_, changed) => {
    await using folder = await temporaryFolder();
    await using other = await temporaryFolder();
    const [systemd, works] = [await notifier(folder.path), await notifier(other.path)];
    using _watchdog = tellWatchdog(systemd.logger, { ...environment, ...changed }, systemd.command);
    // Later than the other one's first message would be.
    using _works = tellWatchdog(works.logger, environment, works.command);
    await until(async () => (await works.told()).length >= 2);
    expect(await systemd.told()).toEqual([]);
  });

  test('that cannot be told is in the log, once for a row of failures', async () => {
    await using folder = await temporaryFolder();
    const systemd = await notifier(folder.path, 1);
    using _ = tellWatchdog(systemd.logger, environment, systemd.command);
    await until(async () => (await systemd.told()).length >= 3);
    expect(systemd.lines.filter((line) => line.includes('the watchdog was not told'))).toHaveLength(1);
  });
});
