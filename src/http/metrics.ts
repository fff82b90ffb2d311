// GET /metrics: the counts and the sidecar's own figures in Prometheus format. They contain no names of people.
import type { Context } from "hono";
import { Counter, Gauge, Registry } from "prom-client";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { answerText } from "./compress.ts";
import { CountedHistogram } from "./counted-histogram.ts";
import { DURATION_BOUNDS, type Counts } from "./counts.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { Route } from "./route.ts";

/** Returns the route of the metrics. `version` is Sideline's. `decisions`: the decision log, if there is one. */
export function metricsRoute(
  counts: Counts, { readiness }: Sidecar, version: string, decisions?: Pick<DecisionLog, "counts">,
): Route {
  const handle = async (c: Context): Promise<Response> => {
    const registry = new Registry();
    addParts(registry, readiness());
    addCounts(registry, counts);
    if (decisions !== undefined) {
      counter(registry, "decision_log_lines_total", "Lines of the decision log: written, or dropped.",
        Object.entries(decisions.counts).map(([fate, n]) => [{ fate }, n]));
    }
    addProcess(registry, version);
    return answerText(c, await registry.metrics(), { "content-type": registry.contentType });
  };
  return { method: "GET", path: "/metrics", handle };
}

type Labels = Readonly<Record<string, string>>;
type Samples = readonly (readonly [Labels, number])[];

function counter(registry: Registry, name: string, help: string, samples: Samples): void {
  const labelNames = Object.keys(samples[0]?.[0] ?? {});
  const metric = new Counter({ name: `sideline_${name}`, help, labelNames, registers: [registry] });
  for (const [labels, value] of samples) metric.inc(labels, value);
}

function gauge(registry: Registry, name: string, help: string, value: number, labels: Labels = {}): void {
  const labelNames = Object.keys(labels);
  new Gauge({ name: `sideline_${name}`, help, labelNames, registers: [registry] }).set(labels, value);
}

/** Adds every figure of a part, under the part's name. */
function addParts(registry: Registry, { ready, parts }: ReturnType<Sidecar["readiness"]>): void {
  gauge(registry, "ready", "1 if requests can be answered, else 0.", Number(ready));
  for (const part of parts) {
    for (const { name, kind, help, value, labels } of part.figures ?? []) {
      if (kind === "counter") counter(registry, `${part.name}_${name}`, help, [[labels ?? {}, value]]);
      else gauge(registry, `${part.name}_${name}`, help, value, labels);
    }
  }
}

function addCounts(registry: Registry, { checks, events, routes }: Counts): void {
  counter(registry, "checks_total", "Number of checks by answer; each check of a batch counts.",
    Object.entries(checks).map(([answer, n]) => [{ answer }, n]));
  counter(registry, "events_total", "Number of events by outcome: a receipt's status, or a problem's code.",
    [...events].map(([outcome, n]) => [{ outcome }, n]));
  counter(registry, "http_requests_total", "Requests by route and status.", [...routes].flatMap(([route, of]) =>
    [...of.statuses].map(([status, n]) => [{ route, status: String(status) }, n] as const)));
  const used = [...routes].filter(([, { statuses }]) => statuses.size > 0);
  registry.registerMetric(new CountedHistogram("sideline_http_request_duration_seconds",
    "Time to answer a request, in seconds, by route.", DURATION_BOUNDS,
    used.map(([route, { durations, seconds }]) => ({ labels: { route }, counts: durations, sum: seconds }))));
}

function addProcess(registry: Registry, version: string): void {
  const build = new Gauge({
    name: "sideline_build_info", help: "Always 1; see the label.", labelNames: ["version"], registers: [registry],
  });
  build.set({ version }, 1);
  const { user, system } = process.cpuUsage();
  const registers = [registry];
  new Counter({ name: "process_cpu_seconds_total", help: "CPU time used, in seconds.", registers })
    .inc((user + system) / 1e6);
  new Gauge({ name: "process_resident_memory_bytes", help: "Memory in use, in bytes.", registers })
    .set(process.memoryUsage.rss());
  new Gauge({ name: "process_start_time_seconds", help: "Start time, in seconds since 1970.", registers })
    .set(Date.now() / 1000 - process.uptime());
}
