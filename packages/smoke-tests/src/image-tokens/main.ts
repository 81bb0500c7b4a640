import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cryptoRandom } from '../seeing/random.ts';
import { createServerClient, describeServerMistake, SERVER_OPTIONS } from '../server-options.ts';
import { writeSection } from '../write-section.ts';
import { type ImageTokensResult, type MeasuredSize, measureImageTokens } from './measure-image-tokens.ts';

const HELP = `Compares what a server counts for pictures of random sizes with what the catalog predicts

  npm run image-tokens -w packages/smoke-tests -- (--socket PATH | --base URL) [options]

  --socket PATH    Unix socket of the model server
  --base URL       or its address, such as http://127.0.0.1:8000
  --model NAME     served model name (default pixtral-12b)
  --key KEY        API key, or the variable PIXTRAL_API_KEY (default: none)
  --seconds N      how long to go on (default 600)
  --write          put the result into docs/gate.md
  --json           print JSON instead of text

Exit codes: 0 all agree, 1 some differ or the server failed, 2 wrong usage.
`;

const DOCUMENT = fileURLToPath(new URL('../../../../docs/gate.md', import.meta.url));
const SECTION = { document: DOCUMENT, name: 'image-tokens' };
/** One at the wire while another is prepared; more would only wait. */
const CONCURRENCY = 4;
const MOST_TOLD = 20;
const PROGRESS_MS = 10_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const args = readArguments();
  if (typeof args === 'string') {
    (args === HELP ? process.stdout : process.stderr).write(args);
    return args === HELP ? 0 : 2;
  }
  const client = createServerClient(args);
  try {
    const onSize = progress();
    const { seconds } = args;
    const result = await measureImageTokens({
      client,
      random: cryptoRandom,
      seconds,
      concurrency: CONCURRENCY,
      onSize,
    });
    const text = format(result);
    if (args.write) await writeSection(SECTION, text);
    process.stdout.write(args.json ? `${JSON.stringify(result, null, 2)}\n` : `${text}\n`);
    return result.mismatches.length === 0 ? 0 : 1;
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
        seconds: { type: 'string', default: '600' },
        write: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return HELP;
    const mistake = describeServerMistake(values);
    if (mistake) return `error: ${mistake}\n`;
    const seconds = Number(values.seconds);
    if (!(seconds > 0)) return `error: --seconds must be a number above 0, got ${values.seconds}\n`;
    return { ...values, seconds };
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)} (--help shows all options)\n`;
  }
}

/** A line every ten seconds, and one for every mismatch. */
function progress(): (measured: MeasuredSize, done: number) => void {
  let told = performance.now();
  return (measured, done) => {
    if (measured.counted !== measured.predicted) process.stderr.write(`${describe(measured)}\n`);
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    process.stderr.write(`${done} sizes\n`);
  };
}

function format({ sizes, scaled, imageTokens, seconds, mismatches }: ImageTokensResult): string {
  return [
    `${sizes - mismatches.length} of ${sizes} random sizes agree with the catalog (${scaled} of them scaled down, ${imageTokens} image tokens in all, ${seconds} s).`,
    ...mismatches.slice(0, MOST_TOLD).map((measured) => `- ${describe(measured)}`),
  ].join('\n');
}

function describe({ width, height, counted, predicted }: MeasuredSize): string {
  return `${width}x${height}: ${counted} tokens, predicted ${predicted}`;
}
