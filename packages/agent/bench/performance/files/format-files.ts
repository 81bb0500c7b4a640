import { describeLoad, median, spread } from '../measures.ts';
import type { Section } from '../section.ts';
import type { FileMeasurements } from './measure-files.ts';
import { OURS } from './transfer-tools.ts';

/** Of the throughput of the better of the others, our hash included. */
const GOAL = 0.8;

export function formatFiles({ gib, transfers, skipped }: FileMeasurements): Section {
  const seconds = (name: string) => (transfers[name] ?? []).map((each) => each.seconds);
  const peers = Object.keys(transfers).filter((name) => name !== OURS);
  const ratios = (name: string) =>
    seconds(name).map((own, round) => {
      // Of the same round: what else the machine does is the same for all.
      const best = Math.min(...peers.map((peer) => seconds(peer)[round] ?? Number.NaN));
      return best / own;
    });
  const ratio = median(ratios(OURS));
  const met = ratio >= GOAL;
  const rows = Object.keys(transfers).map((name) => {
    const rates = seconds(name).map((each) => gib / each);
    const cpu = (transfers[name] ?? []).map((each) => each.cpuSeconds / gib);
    const title = name === OURS ? `**${name}** (goal ${GOAL}: ${met ? 'met' : '**missed**'})` : name;
    return `| ${title} | ${median(rates).toFixed(2)} | ${spread(rates, 2)} | ${median(cpu).toFixed(2)} | ${median(ratios(name)).toFixed(2)} (${spread(ratios(name), 2)}) |`;
  });
  const text = [
    `${gib} GiB from nginx in a process of its own into a file, both in memory; ${seconds(OURS).length} rounds, interleaved; ${describeLoad()}.`,
    'Of the agent: the call, from the first request to the file under its name. Of the commands: from their start to their end.',
    '',
    '| | GiB/s | least to most | CPU s a GiB | ratio to the better of the others in the same round |',
    '|---|---|---|---|---|',
    ...rows,
    ...(skipped.length > 0 ? ['', `Skipped: ${skipped.join('; ')}.`] : []),
  ].join('\n');
  const goals = [
    { title: 'files, ratio to the better', got: ratio.toFixed(2), limit: `at least ${GOAL}`, met },
  ];
  return { name: 'files', text, goals };
}
