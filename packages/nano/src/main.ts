import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createServerClient,
  describeServerMistake,
  SERVER_OPTIONS,
} from '@pixtral-fleet/smoke-tests/server-options';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { measureAccuracy } from './accuracy.ts';
import { formatAccuracy } from './format-accuracy.ts';
import { missedGoals } from './goals.ts';

const HELP = `Measures how well a served model sees, by fresh questions over HTTP

  node packages/nano/src/main.ts (--socket PATH | --base URL) [options]

  --socket PATH   Unix socket of the model server
  --base URL      or its address, such as http://127.0.0.1:8000
  --model NAME    served model name (default pixtral-12b)
  --key KEY       API key, or the variable PIXTRAL_API_KEY (default: none)
  --each N        questions of each kind (default 500)
  --json          print JSON instead of Markdown
  --write         put the tables into docs/nano-model.md

Exit codes: 0 as good as docs/nano-model.md promises, 1 not, or the server failed, 2 wrong usage.
`;

const DOCUMENT = fileURLToPath(new URL('../../../docs/nano-model.md', import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
  const args = readArguments();
  if (typeof args === 'string') {
    (args === HELP ? process.stdout : process.stderr).write(args);
    return args === HELP ? 0 : 2;
  }
  const client = createServerClient(args);
  try {
    const results = await measureAccuracy({
      client,
      random: Math.random,
      each: args.each,
      concurrency: 8,
      onKind: ({ name, right, asked }) => process.stderr.write(`${name}: ${right} of ${asked}\n`),
    });
    const tables = formatAccuracy(results);
    if (args.write) await writeSection({ document: DOCUMENT, name: 'measured' }, tables);
    process.stdout.write(args.json ? `${JSON.stringify(results, null, 2)}\n` : `${tables}\n`);
    const missed = missedGoals(results);
    for (const goal of missed) process.stderr.write(`missed: ${goal}\n`);
    return missed.length > 0 ? 1 : 0;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await client.close();
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        ...SERVER_OPTIONS,
        each: { type: 'string', default: '500' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return HELP;
    const mistake = describeServerMistake(values);
    if (mistake) return `error: ${mistake}\n`;
    const each = Number(values.each);
    if (!Number.isInteger(each) || each < 1) {
      return `error: --each must be a whole number of at least 1, got ${values.each}\n`;
    }
    return { ...values, each };
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)} (--help shows all options)\n`;
  }
}
