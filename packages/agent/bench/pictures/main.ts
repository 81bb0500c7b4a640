import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { measurePictures, type PictureMeasures } from './measure-pictures.ts';

const HELP = `Measures what making pictures anew takes (gateway.normalizePictures): Linux

  npm run pictures -w packages/agent [-- options]

  --rounds N   requests of each kind, by turns (default 21)
  --write      puts the results into docs/performance.md
`;
const DOCUMENT = fileURLToPath(new URL('../../../../docs/performance.md', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '21' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (values.help || !(Number.isInteger(rounds) && rounds > 0)) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 2);
}
const text = format(await measurePictures(rounds));
console.log(text);
if (values.write) await writeSection({ document: DOCUMENT, name: 'pictures' }, text);
process.exit();

function format(measured: readonly PictureMeasures[]): string {
  return [
    `${rounds} requests of each kind, by turns, to two gateways in processes of their own, one worker; the model server answers at once. ${availableParallelism()} cores, Node ${process.versions.node}.`,
    '',
    '| picture | MiB | request, passed on, p50 | made anew, p50 | **added** | processor time of the worker | pictures a second and core |',
    '|---|---|---|---|---|---|---|',
    ...measured.map(({ name, bytes, passedOnMs, madeAnewMs, cpuMs }) => {
      const cells = [
        ...[name, (bytes / 1024 / 1024).toFixed(1), `${passedOnMs.toFixed(1)} ms`],
        ...[`${madeAnewMs.toFixed(1)} ms`, `**${(madeAnewMs - passedOnMs).toFixed(1)} ms**`],
        ...[`${cpuMs.toFixed(1)} ms`, (1_000 / cpuMs).toFixed(0)],
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}
