import { fileURLToPath } from 'node:url';
import { writeSection } from '@pixtral-fleet/smoke-tests/write-section';
import { formatOverload, type Row } from './format-overload.ts';
import { measureMaximum, runOverload } from './run-overload.ts';

// An hour of load on modelled instances, in virtual time: the same numbers on every machine.
// `npm run overload -w packages/agent -- --write` puts the table into docs/admission.md.
const DOCUMENT = fileURLToPath(new URL('../../../../docs/admission.md', import.meta.url));
const SECONDS = 3_600;
const SEED = 1;
const LEAST_PERCENT = 95;

const INSTANCES = [
  { checkpoint: 'w8a8', instanceType: 'g5.2xlarge', maxNumSeqs: 16, slowdown: 1, deadlineSeconds: 60 },
  { checkpoint: 'w8a8', instanceType: 'g5.2xlarge', maxNumSeqs: 16, slowdown: 1.6, deadlineSeconds: 60 },
  { checkpoint: 'w8a8', instanceType: 'g5.2xlarge', maxNumSeqs: 16, slowdown: 1, deadlineSeconds: 30 },
  { checkpoint: 'bf16', instanceType: 'g6e.2xlarge', maxNumSeqs: 48, slowdown: 1.6, deadlineSeconds: 60 },
];

const rows: Row[] = INSTANCES.flatMap((instance) => {
  const common = { ...instance, seed: SEED, seconds: SECONDS };
  const maximum = measureMaximum(common);
  return [0.5, 1, 3].map((factor) => {
    const load = { ...common, perSecond: factor * maximum.perSecond };
    return {
      ...{ instance, factor, maximum },
      bare: runOverload({ ...load, admission: false }),
      admitted: runOverload({ ...load, admission: true }),
    };
  });
});
const table = formatOverload(rows);
process.stdout.write(`${table}\n`);
if (process.argv.includes('--write')) await writeSection({ document: DOCUMENT, name: 'overload' }, table);
// Both ways of counting: answering small pictures only would not do.
const worst = Math.min(
  ...rows
    .filter(({ factor }) => factor === 3)
    .flatMap(({ admitted, maximum }) => [
      (100 * admitted.goodPerSecond) / maximum.perSecond,
      (100 * admitted.goodImageTokensPerSecond) / maximum.imageTokensPerSecond,
    ]),
);
if (worst < LEAST_PERCENT) {
  process.stderr.write(
    `error: goodput at 3x fell to ${worst.toFixed(1)} %, at least ${LEAST_PERCENT} % is wanted\n`,
  );
  process.exitCode = 1;
}
