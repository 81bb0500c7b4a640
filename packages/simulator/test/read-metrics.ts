/** A family of `/metrics`: what it says it is, and its series. */
export interface MetricFamily {
  readonly type: string;
  readonly help: string;
  /** Values by name and labels, as written. */
  readonly series: ReadonlyMap<string, number>;
}

export async function fetchMetrics(url: string): Promise<ReadonlyMap<string, MetricFamily>> {
  return parseMetrics(await (await fetch(`${url}/metrics`)).text());
}

export function parseMetrics(text: string): ReadonlyMap<string, MetricFamily> {
  const families = new Map<string, MetricFamily & { readonly series: Map<string, number> }>();
  let help = '';
  let current: Map<string, number> | undefined;
  for (const line of text.split('\n')) {
    help = /^# HELP \S+ (.*)$/.exec(line)?.[1] ?? help;
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name && type) {
      current = new Map();
      families.set(name, { type, help, series: current });
    }
    const [, series, value] = /^([\w:]+\{.*\}) (\S+)$/.exec(line) ?? [];
    if (series) current?.set(series, Number(value));
  }
  return families;
}

/** Of the one series with that name and those words in its labels. @throws Error when there is none. */
export function metricOf(metrics: ReadonlyMap<string, MetricFamily>, name: string, labels = ''): number {
  for (const { series } of metrics.values()) {
    for (const [key, value] of series) if (key.startsWith(`${name}{`) && key.includes(labels)) return value;
  }
  throw new Error(`no series ${name}{…${labels}…}`);
}
