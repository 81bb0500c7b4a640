import { FloodedGateway } from './flooded-gateway.ts';
import { type Flood, listFloods } from './floods.ts';

// `npm run flood -w packages/agent [-- SCALE]`: what slow and huge clients cost a gateway; 1 is the full size, 0.01 a look.
// The full size needs 20,000 open files in each of two processes.
const scale = Number(process.argv[2] ?? '1');
if (!(scale > 0 && scale <= 1)) {
  console.error(
    `usage: npm run flood -w packages/agent [-- SCALE], with SCALE above 0 and up to 1; got ${process.argv[2]}`,
  );
  process.exit(2);
}
console.log('| flood | answers | MiB before | peak | after | slowest honest request |');
console.log('|---|---|---|---|---|---|');
for (const flood of listFloods(scale)) console.log(await measure(flood));

async function measure(flood: Flood): Promise<string> {
  await using gateway = await FloodedGateway.start();
  await gateway.ask();
  const before = await gateway.memory('collect');
  const run = flood.run(gateway.port);
  const { peak, slowestMs } = await gateway.watch(run);
  const after = await gateway.memory('collect');
  const cells = [
    flood.name,
    count(await run),
    ...[before, peak, after].map(mib),
    `${Math.ceil(slowestMs)} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function count(statuses: readonly number[]): string {
  const groups = Object.groupBy(statuses, (status) => (status === 0 ? 'closed' : String(status)));
  return Object.entries(groups)
    .map(([status, each]) => `${each?.length.toLocaleString('en')} × ${status}`)
    .join(', ');
}

function mib(bytes: number): string {
  return String(Math.round(bytes / 1024 / 1024));
}
