import type { Metric, Registry } from 'prom-client';

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  /** Their upper bounds, rising. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

interface Sums {
  /** How many fell into each bucket alone; the last is for all beyond. */
  readonly counts: number[];
  sum: number;
}

/** A histogram by lane that takes thousands of values at once: prom-client's takes some microseconds for each. */
export class LaneHistogram {
  readonly #of: HistogramOptions;
  readonly #lanes = new Map<string, Sums>();

  constructor(options: HistogramOptions) {
    this.#of = options;
    const get = async () => this.#read();
    options.registry.registerMetric({ name: options.name, get } as unknown as Metric);
  }

  observe(lane: string, values: Iterable<number>): void {
    const sums = this.#lanes.get(lane) ?? { counts: this.#of.buckets.map(() => 0).concat(0), sum: 0 };
    this.#lanes.set(lane, sums);
    for (const value of values) {
      const at = this.#of.buckets.findIndex((bound) => value <= bound);
      sums.counts[at === -1 ? this.#of.buckets.length : at]! += 1;
      sums.sum += value;
    }
  }

  #read() {
    const { name, help } = this.#of;
    return {
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...this.#lanes].flatMap(([lane, sums]) => this.#samplesOf(lane, sums)),
    };
  }

  #samplesOf(lane: string, { counts, sum }: Sums) {
    const { name, buckets } = this.#of;
    let count = 0;
    const samples = [...buckets, '+Inf'].map((le, at) => {
      count += counts[at]!;
      return { metricName: `${name}_bucket`, labels: { le, lane }, value: count };
    });
    return [
      ...samples,
      { metricName: `${name}_sum`, labels: { lane }, value: sum },
      { metricName: `${name}_count`, labels: { lane }, value: count },
    ];
  }
}
