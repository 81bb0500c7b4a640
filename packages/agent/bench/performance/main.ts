import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { formatFiles } from './files/format-files.ts';
import { measureFiles } from './files/measure-files.ts';
import { formatGateway } from './gateway/format-gateway.ts';
import { measureGateway } from './gateway/measure-gateway.ts';
import type { Section } from './section.ts';

const HELP = `Measures the agent beside others, on this machine and in the same run

  npm run bench -w packages/agent -- PART [options]

  files        file sync beside aws s3 cp with the CRT client, and s5cmd; needs nginx, AWS_CLI and S5CMD name programs
  gateway      memory of an idle agent; latency beside nginx and HAProxy; 2,000 streams on one core

  --rounds N   interleaved rounds (default 5)
  --gib N      size of the file, at most a quarter of the free memory (default 4)
  --write      puts the results into docs/performance.md
  --json       prints JSON instead of Markdown

Exit codes: 0 all goals are met, 1 not so, 2 wrong usage.
`;
const DOCUMENT = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url));

interface Options {
  readonly rounds: number;
  readonly gib: number;
}

const PARTS: Readonly<Record<string, (options: Options) => Promise<readonly [Section, unknown]>>> = {
  async files({ rounds, gib }) {
    const measured = await measureFiles({ rounds, wishedGib: gib });
    return [formatFiles(measured), measured];
  },
  async gateway({ rounds }) {
    const measured = await measureGateway(rounds);
    return [formatGateway(measured), measured];
  },
};

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      gib: { type: 'string', default: '4' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [name = '', ...more] = positionals;
  const options = { rounds: Number(values.rounds), gib: Number(values.gib) };
  const isRight = Number.isInteger(options.rounds) && options.rounds > 0 && options.gib > 0;
  const measure = Object.hasOwn(PARTS, name) && more.length === 0 && isRight ? PARTS[name] : undefined;
  if (values.help || measure === undefined) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  try {
    const [section, measured] = await measure(options);
    process.stdout.write(values.json ? `${JSON.stringify(measured, null, 2)}\n` : `${section.text}\n`);
    if (values.write) await writeSection({ document: DOCUMENT, name: section.name }, section.text);
    const missed = section.goals.filter((goal) => !goal.met);
    for (const { title, got, limit } of missed)
      process.stderr.write(`missed: ${title}: ${got}, goal ${limit}\n`);
    return missed.length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
