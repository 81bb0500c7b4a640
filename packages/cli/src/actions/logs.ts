import {
  createLineFilter,
  filterPatternOf,
  findLogSource,
  formatLogLine,
  type LogLine,
  type LogSource,
  parseSince,
  readLogLines,
  summariseRequests,
} from '@pixtral-fleet/operator/logs';
import type { LogsFlags } from '../commands/logs.ts';
import { UsageError } from '../exit-codes.ts';
import { interruptSignal } from '../interrupt.ts';
import { openFleet } from '../open-fleet.ts';
import { formatRequestSummary } from '../output/format-request-summary.ts';
import { print } from '../output/print.ts';

export async function logs(flags: LogsFlags): Promise<void> {
  const { json, summary, follow = false } = flags;
  if (follow && json) throw new UsageError('--json prints one document: leave out --follow');
  if (follow && summary) throw new UsageError('--summary adds up what is there: leave out --follow');
  const source = chooseSource(flags);
  const since = source === 'seeder' ? new Date(0) : parseSince(flags.since);
  const isWanted = createLineFilter(flags);
  const { clients, stackName } = await openFleet(flags);
  const place = await findLogSource(clients, stackName, { source, instance: flags.instance });
  const { signal } = interruptSignal();
  const found: LogLine[] = [];
  let count = 0;
  const filterPattern = filterPatternOf(flags);
  for await (const line of readLogLines(clients, { ...place, filterPattern, since, follow, signal })) {
    if (!isWanted(line)) continue;
    count += 1;
    if (json || summary) found.push(line);
    else console.log(formatLogLine(line));
  }
  if (summary) print(summariseRequests(found), { json, format: formatRequestSummary });
  else if (json) console.log(JSON.stringify(found));
  else if (count === 0) console.error(`no such line in ${place.group} since ${since.toISOString()}`);
}

function chooseSource(flags: LogsFlags): LogSource {
  const chosen = (['engine', 'seeder', 'verification'] as const).filter((name) => flags[name]);
  const [source] = chosen;
  if (chosen.length > 1)
    throw new UsageError(`choose one of ${chosen.map((name) => `--${name}`).join(', ')}`);
  if (flags.instance !== undefined && chosen.some((name) => name !== 'engine')) {
    throw new UsageError(`--${source} is not of an instance: leave out --instance`);
  }
  if (flags.summary && source !== undefined) {
    throw new UsageError(`--summary is of what agents log: leave out --${source}`);
  }
  if (flags.summary) return 'agent';
  // Phases are told by agents alone: their lines have to be read to know when the model server said something.
  if (flags.phase !== undefined && source !== undefined) {
    throw new UsageError(`--phase shows agents and model servers: leave out --${source}`);
  }
  const isOfBoth = flags.request !== undefined || flags.phase !== undefined;
  return source ?? (isOfBoth ? 'instances' : 'agent');
}
