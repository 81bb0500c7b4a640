import { pino } from 'pino';
import { locateMachine } from './config/machine.ts';
import { tellWatchdog } from './lifecycle/watchdog.ts';
import { LogShipper } from './logs/log-shipper.ts';
import { runAgent } from './run-agent.ts';

const HELP = `pixtral-agent: what runs on each GPU instance

  pixtral-agent run
      boot, pass the gate, serve, drain; reads /etc/pixtral/instance.json

Exit codes: 0 drained, 1 must not serve or failed, 2 wrong usage.
`;

/** Secrets; and the pictures of a failed gate, 100 KB that are in the boot report. */
const REDACTED = ['*.authorization', '*.apiKey', 'apiKeys', 'err.answers[*].picture'];

process.exitCode = await main(process.argv.slice(2));
// Keep-alive connections of the AWS clients would hold the process for a while.
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const [verb, ...rest] = args;
  if (verb === 'run' && rest.length === 0) return run();
  process.stdout.write(HELP);
  return verb === '--help' || verb === undefined ? 0 : 2;
}

async function run(): Promise<number> {
  const logs = new LogShipper();
  const logger = pino(
    { redact: REDACTED },
    pino.multistream([{ stream: pino.destination({ fd: 1, sync: true }) }, { stream: logs }]),
  );
  // From here to the last line, drain included.
  using _ = tellWatchdog(logger);
  const terminate = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The second one is meant: systemd's own patience has ended, or a person's.
      if (terminate.signal.aborted) process.exit(1);
      terminate.abort();
    });
  }
  try {
    await runAgent({ machine: locateMachine(), logger, logs, terminate: terminate.signal });
    return 0;
  } catch (error) {
    logger.fatal({ err: error }, 'the agent ends');
    return 1;
  } finally {
    logs.close();
    await logs.flush();
  }
}
