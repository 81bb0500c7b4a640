import { METRICS, type MetricDefinition, type MetricId } from '@pixtral-fleet/catalog';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricSink } from '../metric-sink.ts';
import { type AgentMetricId, FAMILY_HELP, METRIC_FAMILIES, type MetricFamily } from './metric-families.ts';

/** Whose metrics they are: Prometheus itself knows only an address of the loopback. */
export interface PrometheusOrigin {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly stackName: string;
}

/** All metrics of the agent as Prometheus reads them; counters begin at 0 with the agent. */
export class PrometheusMetrics implements MetricSink {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #engineUp: Gauge;

  constructor({ instanceId, instanceType, stackName }: PrometheusOrigin) {
    const registers = [this.#registry];
    for (const [id, family] of Object.entries(METRIC_FAMILIES)) {
      if (family.type === 'counter') this.#counter(id, family).inc({ ...family.labels }, 0);
      if (family.type === 'histogram') this.#histogram(id, family);
    }
    this.#engineUp = new Gauge({
      name: 'pixtral_engine_up',
      help: 'whether the model server told its own metrics, which then follow',
      registers,
    });
    new Gauge({
      name: 'pixtral_agent_info',
      help: 'which agent this is; always 1',
      labelNames: ['instance_id', 'instance_type', 'stack'],
      registers,
    }).set({ instance_id: instanceId, instance_type: instanceType, stack: stackName }, 1);
    new Gauge({
      name: 'pixtral_agent_resident_memory_bytes',
      help: 'memory of the agent',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
  }

  /** The text format's version 0.0.4. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  count(id: MetricId, amount = 1): void {
    const family = familyOf(id);
    if (family?.type === 'counter') this.#counter(id, family).inc({ ...family.labels }, amount);
  }

  sample(id: MetricId, value: number): void {
    const family = familyOf(id);
    if (family?.type === 'gauge') this.#gauge(id, family).set({ ...family.labels }, toBase(family, value));
  }

  observe(id: MetricId, value: number): void {
    const family = familyOf(id);
    if (family?.type === 'histogram') this.#histogram(id, family).observe(toBase(family, value));
  }

  /** @param engineText of the model server, passed on under its own names; undefined: it told none */
  async text(engineText: string | undefined): Promise<string> {
    this.#engineUp.set(engineText === undefined ? 0 : 1);
    const own = await this.#registry.metrics();
    return `${own.trimEnd()}\n${engineText ?? ''}`;
  }

  #counter(id: string, family: MetricFamily): Counter {
    return getOrAdd(this.#counters, family.name, () => new Counter(this.#optionsOf(id, family)));
  }

  /** Made with its first value: a GPU that is not there is not 0 percent busy. */
  #gauge(id: string, family: MetricFamily): Gauge {
    return getOrAdd(this.#gauges, family.name, () => new Gauge(this.#optionsOf(id, family)));
  }

  #histogram(id: string, family: MetricFamily & { readonly type: 'histogram' }): Histogram {
    return getOrAdd(
      this.#histograms,
      family.name,
      () => new Histogram({ ...this.#optionsOf(id, family), buckets: [...family.buckets] }),
    );
  }

  #optionsOf(id: string, { name, labels = {} }: MetricFamily) {
    const { meaning }: MetricDefinition = METRICS[id as AgentMetricId];
    return {
      name,
      help: FAMILY_HELP[name] ?? meaning,
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    };
  }
}

function familyOf(id: MetricId): MetricFamily | undefined {
  return Object.hasOwn(METRIC_FAMILIES, id) ? METRIC_FAMILIES[id as AgentMetricId] : undefined;
}

function toBase(family: MetricFamily, value: number): number {
  return family.toBase?.(value) ?? value;
}

function getOrAdd<Value>(map: Map<string, Value>, name: string, make: () => Value): Value {
  const known = map.get(name);
  if (known !== undefined) return known;
  const made = make();
  map.set(name, made);
  return made;
}
