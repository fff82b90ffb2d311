// A Prometheus histogram of values that are counted already, which prom-client does not offer.
import { Histogram } from "prom-client";

/** The values of one set of labels: how many lie in each bucket and above the last, and their sum. */
interface CountedValues {
  readonly labels: Readonly<Record<string, string>>;
  /** One number more than there are bounds; the values of lower buckets do not count again. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * A histogram that prints given counts and observes nothing itself.
 *
 * No other file depends on the inside of prom-client. This one depends on two things that its types and documents leave
 * out: `Registry.metrics()` prints what a metric's `getForPromString` returns where it has that method, and the shape
 * of that result. So package.json names one exact version; test/http/metrics.test.ts fails where another one differs.
 */
export class CountedHistogram extends Histogram {
  readonly #printed: object;

  constructor(name: string, help: string, bounds: readonly number[], all: readonly CountedValues[]) {
    super({ name, help, buckets: [...bounds], registers: [] });
    const values = all.flatMap(({ labels, counts, sum }) => {
      let below = 0;
      const buckets = counts.map((n, i) => ({
        metricName: `${name}_bucket`, labels: { ...labels, le: bounds[i] ?? "+Inf" }, value: below += n,
      }));
      const rest = (end: string, value: number) => ({ metricName: `${name}_${end}`, labels, value });
      return [...buckets, rest("sum", sum), rest("count", below)];
    });
    this.#printed = { name, help, type: "histogram", values };
  }

  /** Returns what the registry prints. */
  async getForPromString(): Promise<object> {
    return this.#printed;
  }
}
