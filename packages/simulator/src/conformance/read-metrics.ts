import type { Target } from './target.ts';

/** Sums over the series of a metric at one moment. */
export interface Metrics {
  /** Of all series, or of those whose labels contain `label`. */
  sum(name: string, label?: string): number | undefined;
}

export async function readMetrics(target: Target): Promise<Metrics> {
  const { text } = await target.send({ method: 'GET', path: '/metrics' });
  const series = [...text.matchAll(/^([\w:]+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name, labels = '', value]) => ({ name, labels, value: Number(value) }),
  );
  return {
    sum(name, label = '') {
      const found = series.filter((one) => one.name === name && one.labels.includes(label));
      return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : undefined;
    },
  };
}

/** Requests in the batch. */
export async function readRunning(target: Target): Promise<number | undefined> {
  return (await readMetrics(target)).sum('vllm:num_requests_running');
}
