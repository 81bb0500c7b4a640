import {
  findLogSource,
  formatLogLine,
  type LogLine,
  type LogSource,
  parseSince,
  readLogLines,
} from '@pixtral-fleet/operator/logs';
import type { LogsFlags } from '../commands/logs.ts';
import { UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openFleet } from '../open-fleet.ts';

export async function logs(flags: LogsFlags): Promise<void> {
  if (flags.follow && flags.json) throw new UsageError('--json prints one document: leave out --follow');
  const source = chooseSource(flags);
  const since = source === 'seeder' ? new Date(0) : parseSince(flags.since);
  const { clients, stackName } = await openFleet(flags);
  const place = await findLogSource(clients, stackName, { source, instance: flags.instance });
  const { signal } = interruptSignal();
  const found: LogLine[] = [];
  let count = 0;
  for await (const line of readLogLines(clients, {
    ...place,
    since,
    follow: flags.follow ?? false,
    signal,
  })) {
    count += 1;
    if (flags.json) found.push(line);
    else console.log(formatLogLine(line));
  }
  if (flags.json) console.log(JSON.stringify(found));
  else if (count === 0) console.error(`no line in ${place.group} since ${since.toISOString()}`);
}

function chooseSource(flags: LogsFlags): LogSource {
  const chosen = (['engine', 'seeder', 'verification'] as const).filter((name) => flags[name]);
  if (chosen.length > 1)
    throw new UsageError(`choose one of ${chosen.map((name) => `--${name}`).join(', ')}`);
  if (flags.instance !== undefined && chosen.some((name) => name !== 'engine')) {
    throw new UsageError(`--${chosen[0]} is not of an instance: leave out --instance`);
  }
  return chosen[0] ?? 'agent';
}
