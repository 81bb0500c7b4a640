import { type Attack, type EngineKind, GROUPS, type Group } from '../attack.ts';
import { CORPUS } from '../corpus/index.ts';
import { UNTRIED } from '../corpus/untried.ts';
import type { BareResult } from '../judge.ts';
import type { StoredResult, StoredResults } from './stored-results.ts';

/** In the repository. */
export const ATTACKS_PAGE = 'docs/attacks.md';

/** The page, of what was seen when the gateway held and bare engines did what the corpus says. */
export function renderAttacksPage(runs: StoredResults): string {
  const groups = Object.keys(GROUPS) as Group[];
  return `${[INTRODUCTION, summary(runs), ...groups.map((group) => section(group, runs)), untried(), LIMITS]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function summary(runs: StoredResults): string {
  const row = (kind: EngineKind, name: string) => {
    const count = (what: BareResult['kind']) => runs[kind].filter(({ bare }) => bare.kind === what).length;
    // Nothing else is ever stored.
    const held = runs[kind].length;
    return `| ${name} | ${CORPUS.length} | ${count('works')} | ${count('fails')} | ${count('not run')} | ${held} |`;
  };
  return [
    '## What was seen',
    '',
    'On a machine with two cores, written by the commands above:',
    '',
    '| engine | attacks | work without the gateway | fail there too | not run there | held by the gateway |',
    '|---|--:|--:|--:|--:|--:|',
    row('vllm', 'vLLM 0.32.0 on the CPU, small model'),
    row('simulator', 'the simulator'),
  ].join('\n');
}

function section(group: Group, runs: StoredResults): string {
  const find = (kind: EngineKind, id: string) => runs[kind].find((result) => result.id === id);
  const rows = CORPUS.filter((attack) => attack.group === group).map((attack) =>
    row(attack, find('vllm', attack.id), find('simulator', attack.id)),
  );
  if (rows.length === 0) return '';
  return [
    `### ${GROUPS[group]}`,
    '',
    '| attack | what is sent | advisory | vLLM 0.32.0 without the gateway | the simulator | the gateway |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function row(attack: Attack, vllm: StoredResult | undefined, simulator: StoredResult | undefined): string {
  const advisories = (attack.advisories ?? []).map(({ id, affected }) => `${id}: ${affected}`).join('; ');
  const reason = attack.defence.kind === 'refuse' ? '' : ` (${attack.defence.why})`;
  const gateway =
    vllm?.gateway.seen ?? (simulator && `${simulator.gateway.seen} (in front of the simulator)`);
  const cells = [
    `\`${attack.id}\``,
    attack.sends,
    advisories,
    toldOf(attack, 'vllm', vllm),
    toldOf(attack, 'simulator', simulator),
    `${gateway ?? 'not run yet'}${reason}`,
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function toldOf(attack: Attack, engine: EngineKind, result: StoredResult | undefined): string {
  if (result === undefined) return 'not run yet';
  const { kind, seen } = result.bare;
  const expected = attack.bare[engine];
  if (kind === 'works') return `**works**: ${seen}`;
  if (kind === 'not run') return `not run: ${seen}`;
  return `fails: ${expected.kind === 'fails' ? expected.why : ''} (${seen})`;
}

function untried(): string {
  return [
    '## Advisories that were not tried',
    '',
    '| advisory | affected | why not | what stands against it | shown in |',
    '|---|---|---|---|---|',
    ...UNTRIED.map(({ ids, affected, why, against, shownIn }) => {
      const [, name = shownIn] = /^docs\/(.*)$/.exec(shownIn) ?? [];
      const link = `[${shownIn}](${name === shownIn ? `../${shownIn}` : name})`;
      return `| ${[ids, affected, why, against, link].map(cell).join(' | ')} |`;
    }),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ').trim();
}

const INTRODUCTION = `# Attacks

Every attack of \`packages/agent/attacks/\` is sent twice: to a model server whose port the attacker reaches, with an API key, and to
the gateway in front of the same model server. The first shows whether the attack is real; at the gateway it must fail.

    npm run attacks -w packages/agent                       the simulator; a minute, part of npm test
    npm run attacks -w packages/agent -- --engine vllm      vLLM 0.32.0 on the CPU; Linux and root, ten minutes
    npm run attacks -w packages/agent -- --only '^ssrf'     some of them
    npm run attacks -w packages/agent -- --write            what was seen goes into this page

**It works** where something was seen that proves it: an answer without a key, a connection to a place that must not be reached, a
text chat that had to wait a second or more while it went on, memory that grew by a gigabyte, a 5xx, a wrong answer, a stream that does
not end, or a process that did. **The gateway holds** when nothing of that is seen, its answer is the one that the corpus says, word by
word, the engine has not seen a single request of it (where it is refused), the forbidden place was not touched, the gateway lives, and
an honest request is answered afterwards. A run fails when one of these is not so, and also when a bare engine does other than the
corpus says: an attack that has been mended, or has come back, is to be written down. That the verdict can fail is tested with
something in the gateway's place that has no rules, and with gateways whose rules are broken (\`packages/agent/test/attacks/\`).`;

const LIMITS = `## What this does not prove

- 127.0.0.1 stands for the metadata service and everything else inside; vLLM knows no difference. Real networks are not in it, nor is
  the load balancer in front.
- The gateway's time limits are shortened (headers 2.5 s, body 4 s, pictures by address 2 s), so that nobody waits; in the simulator a
  second of vLLM's own limits takes 0.3 s, and a large picture a fifth of its time.
- vLLM runs on the CPU with a small model in Mistral's format: nothing is told of CUDA kernels, tensors that reach them, speculative
  decoding, LoRA, or Hugging Face's tokenizers and templates.
- Floods of ten thousand connections are measured elsewhere: [security.md](security.md#slow-and-huge-clients). Confinement of the engine, should an
  attack reach it, is shown on a booted machine: [boot.md](boot.md).`;
