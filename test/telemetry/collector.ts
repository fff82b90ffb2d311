// A collector of OpenTelemetry traces in a test's process: receives OTLP over HTTP as JSON.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as it was received, with its attributes by name. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  /** 2 for an error. */
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A running collector. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything received, as text. */
  readonly text: () => string;
  close(): Promise<void>;
}

/** Starts a collector on a free port. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  let text = "";
  const server: Server = createServer((incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => void (body += chunk.toString()));
    incoming.on("end", () => {
      text += body;
      if (incoming.method === "POST" && incoming.url === "/v1/traces") spans.push(...spansOf(JSON.parse(body)));
      outgoing.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> => new Promise((closed) => {
    server.closeAllConnections();
    server.close(() => closed());
  });
  return { url, spans, text: () => text, close };
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly (Omit<ReceivedSpan, "attributes" | "statusCode"> & {
      readonly attributes: readonly Attribute[]; readonly status: { readonly code?: number };
    })[] }[];
  }[];
}

function spansOf({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => scopeSpans.flatMap(({ spans }) =>
    spans.map(({ name, traceId, spanId, parentSpanId, kind, attributes, status }) => ({
      name, traceId, spanId, parentSpanId: parentSpanId === "" ? undefined : parentSpanId, kind,
      statusCode: status.code ?? 0, attributes: byName(attributes), resource: byName(resource.attributes),
    }))));
}

function byName(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
