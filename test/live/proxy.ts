// An HTTP proxy between a sidecar and OpenFGA that delays, holds, drops or forges replies, repeats requests, and cuts
// connections.
import { once } from "node:events";
import { Agent, createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A complete request as the proxy received it. */
export interface Proxied {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** An answer in OpenFGA's form. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly date?: string | undefined;
}

/** A reply in the server's place; with `done` the server still processes the request. */
export interface Instead extends Reply {
  readonly done: boolean;
}

/** A running proxy. Its settings apply to requests that arrive later. */
export interface Proxy {
  readonly url: string;
  /** Delay of every reply, in milliseconds. */
  delay: number;
  /** Fraction of replies (0..1) that are dropped with their connection after the server has sent them. */
  dropReplies: number;
  /**
   * Fraction of requests (0..1) that reach the server twice, at once or one after the other; the later reply is passed
   * on.
   */
  duplicate: number;
  /** Whether new connections are refused. */
  refuse: boolean;
  /** Holds the replies to some requests until a promise settles; undefined: at once. */
  hold: ((request: Proxied) => Promise<void> | undefined) | undefined;
  /** Number of replies held at present. */
  readonly held: number;
  /** The `Date` of the replies, as an HTTP date, or "" to omit it; undefined: the server's. */
  date: string | undefined;
  /** Reply in the server's place; undefined: the server's reply. */
  answer: ((request: Proxied) => Instead | undefined) | undefined;
  /** Number of replies dropped so far. */
  readonly dropped: number;
  /** Number of requests sent twice so far, and of those that the server answered differently. */
  readonly duplicated: { readonly requests: number; readonly differing: number };
  /** Cuts every connection. */
  cut(): void;
  /** Sends requests to another port on loopback from now on, and cuts the present connections. */
  turnTo(port: number): void;
  close(): Promise<void>;
}

const UNDISTURBED = {
  delay: 0, dropReplies: 0, duplicate: 0, refuse: false, hold: undefined, date: undefined, answer: undefined,
};

/** Starts a proxy on loopback for a port on loopback. */
export async function startProxy(port: number): Promise<Proxy> {
  let target = port;
  const counts = { dropped: 0, requests: 0, differing: 0, held: 0 };
  const open = new Set<Socket>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  // A connection ends when one side closes it, not because it is idle.
  server.keepAliveTimeout = 0;
  server.on("connection", (socket) => {
    if (proxy.refuse) return socket.resetAndDestroy();
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
  });

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = { method: incoming.method ?? "GET", path: incoming.url ?? "/", body: await bodyOf(incoming) };
    const instead = proxy.answer?.(request);
    const forward = (): Promise<Reply> => send(request, incoming, { port: target, agent });
    const reply = instead === undefined || instead.done ? await proxied(forward) : undefined;
    const told = instead ?? reply;
    if (Math.random() < proxy.dropReplies) {
      counts.dropped++;
      incoming.socket.destroy();
      return;
    }
    counts.held++;
    await proxy.hold?.(request);
    counts.held--;
    if (proxy.delay > 0) await new Promise((resolve) => setTimeout(resolve, proxy.delay));
    if (told !== undefined) tell(outgoing, told, proxy.date ?? told.date);
  };

  const proxied = async (forward: () => Promise<Reply>): Promise<Reply> => {
    if (Math.random() >= proxy.duplicate) return forward();
    counts.requests++;
    const first = forward();
    if (Math.random() < 0.5) await first;
    const replies = await Promise.all([first, forward()]);
    if (replies[0]?.status !== replies[1]?.status) counts.differing++;
    return replies[1]!;
  };

  const url = await listening(server);
  const cut = (): void => open.forEach((socket) => socket.destroy());
  const proxy: Proxy = {
    url, ...UNDISTURBED,
    get held() {
      return counts.held;
    },
    get dropped() {
      return counts.dropped;
    },
    duplicated: counts,
    cut,
    turnTo: (to) => {
      target = to;
      cut();
    },
    close: async () => {
      cut();
      agent.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

/** Makes a server listen on a free port of loopback. Returns its address. */
async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return `http://127.0.0.1:${address.port}`;
}

/** Answers with the server's own time, which a proxy has to pass on, or with another. */
function tell(outgoing: ServerResponse, { status, body }: Reply, date: string | undefined): void {
  if (date === "") outgoing.sendDate = false;
  else if (date !== undefined) outgoing.setHeader("date", date);
  outgoing.writeHead(status, { "content-type": "application/json" }).end(body);
}

/** Passes a request on; it ends with the connection on which it arrived. */
function send(
  { method, path, body }: Proxied, incoming: IncomingMessage, to: { readonly port: number; readonly agent: Agent },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { host: _, connection: __, ...headers } = incoming.headers;
    const outgoing = ask({ ...to, host: "127.0.0.1", method, path, headers }, (reply) => {
      bodyOf(reply).then((text) => resolve({
        status: reply.statusCode ?? 502, body: text, date: reply.headers.date,
      }), reject);
    });
    const end = (): void => void outgoing.destroy(new Error("the client is gone"));
    incoming.socket.once("close", end);
    outgoing.once("close", () => incoming.socket.off("close", end));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
