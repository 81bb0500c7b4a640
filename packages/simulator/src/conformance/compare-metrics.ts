import type { Difference } from './compare-json.ts';

/** A metric family as `/metrics` shows it. */
interface Family {
  readonly type: string;
  /** Names of the series with their labels' names, in order. */
  readonly series: ReadonlySet<string>;
}

/**
 * Compares names, types and labels of the metrics, not their values. The simulator shows fewer families than vLLM, so
 * that only what it shows is compared; with `all`, what is missing is a difference too.
 */
export function compareMetrics(
  recorded: string,
  got: string,
  { all }: { readonly all: boolean },
): readonly Difference[] {
  const before = parseMetrics(recorded);
  const now = parseMetrics(got);
  const names = all ? [...new Set([...before.keys(), ...now.keys()])] : [...now.keys()];
  if (now.size === 0) return [{ where: 'metrics', recorded: `${before.size} families`, got: 'none' }];
  return names.filter(isModelServers).flatMap((name): readonly Difference[] => {
    const [one, other] = [before.get(name), now.get(name)];
    if (one?.type !== other?.type) {
      return [{ where: `type of metric ${name}`, recorded: one?.type, got: other?.type }];
    }
    const strange = [...(other?.series ?? [])].filter((series) => !one?.series.has(series));
    return strange.map((series) => ({
      where: `series of metric ${name}`,
      recorded: [...(one?.series ?? [])],
      got: series,
    }));
  });
}

/** What Python tells of its process is nobody's interface; `_created` are the times of counters. */
function isModelServers(name: string): boolean {
  return /^(vllm:|http_)/.test(name) && !name.endsWith('_created');
}

function parseMetrics(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family & { readonly series: Set<string> }>();
  let current: Set<string> | undefined;
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name && type) {
      current = new Set();
      families.set(name, { type, series: current });
      continue;
    }
    const [, series, labels = ''] = /^([\w:]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (series) current?.add(`${series}{${[...labels.matchAll(/(\w+)="/g)].map(([, label]) => label)}}`);
  }
  return families;
}
