import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { FailureStreak } from '../report/failure-streak.ts';

const run = promisify(execFile);

/** One message may be lost, and one be late. */
const PER_LIMIT = 4;

const MICROSECONDS = 1_000;

/**
 * Tells the service manager again and again that this process turns over (sd_notify(3), `WATCHDOG=1`), until disposed. Does
 * nothing where no watchdog is set (`WATCHDOG_USEC`), as in a rehearsal. A message that cannot be sent is logged: the
 * service manager ends the process when none comes for too long.
 *
 * The messages are sent by `systemd-notify`: Node has no datagram sockets of the Unix kind. See docs/decisions/0010.
 */
export function tellWatchdog(
  logger: Logger,
  environment: NodeJS.ProcessEnv = process.env,
  command = 'systemd-notify',
): Disposable {
  const limitMs = Number(environment.WATCHDOG_USEC ?? 0) / MICROSECONDS;
  if (!(limitMs > 0) || !environment.NOTIFY_SOCKET) return { [Symbol.dispose]: () => undefined };
  const everyMs = limitMs / PER_LIMIT;
  const streak = new FailureStreak(logger, 'the watchdog was not told that the agent runs');
  let sending = false;
  const tell = async () => {
    // One that does not come back must not become many.
    if (sending) return;
    sending = true;
    try {
      await run(command, ['WATCHDOG=1'], { env: environment, timeout: limitMs, killSignal: 'SIGKILL' });
      streak.succeeded();
    } catch (error) {
      streak.failed(error);
    } finally {
      sending = false;
    }
  };
  void tell();
  const timer = setInterval(() => void tell(), everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
