// OpenTelemetry traces: a span for each request, sent by OTLP. The packages are loaded only when traces are asked for.
// `@hono/otel` 1.1.2 is not used: its spans hold the whole URL, and with it the ids of open invites.
import { setTimeout as sleep } from "node:timers/promises";
import type { Context as SpanParent, Span, Tracer } from "@opentelemetry/api";
import type { TraceHeaders } from "../checks/checker.ts";
import { LogLimit } from "../sidecar/log-limit.ts";
import { FAILURES_LOGGED_PER_MINUTE, TRACES_FLUSH_TIMEOUT_MS } from "./http-limits.ts";

/** The span of one request. */
export interface RequestSpan {
  /** Headers by which another service joins the trace below this span. */
  readonly headers: TraceHeaders;
  /** Ends the span with the status of the answer, and the code of a refusal. */
  end(status: number, code: string | undefined): void;
}

/** Makes the spans of requests. */
export interface Spans {
  /**
   * Begins the span of a request to a route such as `POST /check`, in the trace of its caller if it has one. The span
   * names no id: a path may hold the id of an open invite (S20).
   */
  begin(route: string, caller: TraceHeaders | undefined): RequestSpan;
  /** Sends the spans that wait, for a few seconds at most. */
  close(): Promise<void>;
}

/** Traces were asked for, and their packages are not installed. */
class TracesError extends Error {
  readonly code = "traces_not_installed";
}

/** The packages, in one list, as a person would install them. */
const PACKAGES = [
  "@opentelemetry/api@1", "@opentelemetry/exporter-trace-otlp-http@0.223", "@opentelemetry/resources@2",
  "@opentelemetry/sdk-trace-node@2",
];

async function load() {
  try {
    return await Promise.all([
      import("@opentelemetry/api"), import("@opentelemetry/sdk-trace-node"), import("@opentelemetry/resources"),
      import("@opentelemetry/exporter-trace-otlp-http"),
    ]);
  } catch (error) {
    const name = (error as Error).message.split("package '")[1]?.split("'")[0] ?? "a package";
    const remedy = `install the packages with: npm install ${PACKAGES.join(" ")}`;
    throw new TracesError(`traces need ${name}, which is not installed; ${remedy}`, { cause: error });
  }
}

/**
 * Starts to send traces. Address, headers, sampling and batches are those of the OTEL_ variables, which the packages
 * read themselves. Rejects with TracesError if a package is missing. `version` is Sideline's.
 */
export async function startTracing(
  version: string, log: { warn(fields: object, message: string): void },
): Promise<Spans> {
  const [api, { BatchSpanProcessor, NodeTracerProvider }, resources, { OTLPTraceExporter }] = await load();
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const limit = new LogLimit(FAILURES_LOGGED_PER_MINUTE, () => performance.now());
  const warn = (why: string): void => limit.write((leftOut) => log.warn({ why, ...leftOut }, "traces are not sent"));
  const silent = (): void => undefined;
  const { WARN: logLevel } = api.DiagLogLevel;
  api.diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent }, { logLevel, suppressOverrideMessage: true },
  );
  const named = resourceFromAttributes({ "service.name": "sideline", "service.version": version });
  const provider = new NodeTracerProvider({
    // The variables come last: they may name the service otherwise.
    resource: defaultResource().merge(named).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer("sideline", version);
  return {
    begin: (route, caller) => new OpenSpan(api, tracer, route, caller),
    close: async () => {
      const sent = provider.shutdown().then(() => true, (error: unknown) => warn(String(error)));
      const timeUp = new AbortController();
      const late = sleep(TRACES_FLUSH_TIMEOUT_MS, false, { signal: timeUp.signal }).catch(() => undefined);
      if (await Promise.race([sent, late]) === false) warn("the last spans were not sent in time");
      timeUp.abort();
    },
  };
}

type Api = typeof import("@opentelemetry/api");

class OpenSpan implements RequestSpan {
  readonly #api: Api;
  readonly #span: Span;

  constructor(api: Api, tracer: Tracer, route: string, caller: TraceHeaders | undefined) {
    const [method = "", path = ""] = route.split(" ");
    const attributes = { "http.request.method": method, "http.route": path };
    this.#api = api;
    this.#span = tracer.startSpan(route, { kind: api.SpanKind.SERVER, attributes }, parentOf(api, caller));
  }

  get headers(): TraceHeaders {
    const { traceId, spanId, traceFlags, traceState } = this.#span.spanContext();
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
    const tracestate = traceState?.serialize() ?? "";
    return tracestate === "" ? { traceparent } : { traceparent, tracestate };
  }

  end(status: number, code: string | undefined): void {
    this.#span.setAttribute("http.response.status_code", status);
    if (code !== undefined) this.#span.setAttribute("sideline.code", code);
    if (status >= 500) {
      this.#span.setAttribute("error.type", code ?? String(status));
      this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    this.#span.end();
  }
}

/** Returns the parent of a request's span: its caller's span, or none. */
function parentOf(api: Api, caller: TraceHeaders | undefined): SpanParent {
  if (caller === undefined) return api.ROOT_CONTEXT;
  const [, traceId = "", spanId = "", flags = "00"] = caller.traceparent.split("-");
  const { tracestate } = caller;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, {
    traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: api.createTraceState(tracestate) }),
  });
}
