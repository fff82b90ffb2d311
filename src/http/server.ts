// The HTTP server: listens, refuses host names other than this machine's, limits slow senders, and stops in order.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { answerProblem, problem } from "./problem.ts";
import { REQUEST_TIMEOUT_MS, STOP_TIMEOUT_MS, TIMEOUT_CHECK_MS } from "./http-limits.ts";
import { isLoopbackHost, isLoopbackOrigin } from "./loopback.ts";
import { NamedAnswer } from "./request-id.ts";

/** Answers a request: the `fetch` of a Hono app. */
type Fetch = (request: Request, bindings: object) => Response | Promise<Response>;

/** Options for starting a server. */
export interface ServerOptions {
  readonly fetch: Fetch;
  readonly host: string;
  /** Port to listen on; 0: any free port. */
  readonly port: number;
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAlive: number;
  /** Refuses requests whose Host or Origin is not the loopback interface: for servers without API keys. */
  readonly loopbackOnly: boolean;
  /** How long a client may take to send a whole request, in milliseconds. Default: REQUEST_TIMEOUT_MS. */
  readonly requestTimeout?: number;
}

/** A listening server. */
export interface RunningServer {
  /** Base URL of the server, with its actual port. */
  readonly url: string;
  /**
   * Stops listening, closes connections that have no request in flight, and waits for the others. Resolves to the
   * number of requests that were cut off because they took longer than `timeout` milliseconds.
   */
  stop(timeout?: number): Promise<number>;
}

/** Starts a server. Resolves when it listens; rejects with Node's error if it cannot (EADDRINUSE, EACCES, ...). */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, keepAlive, requestTimeout = REQUEST_TIMEOUT_MS } = options;
  const server = createServer({
    keepAliveTimeout: keepAlive, requestTimeout, headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeout),
    // A missing Host gets the same answer as a wrong one.
    requireHostHeader: !options.loopbackOnly,
    ServerResponse: NamedAnswer,
  });
  const connections = new Connections(server);
  server.on("request", listenerOf(options));
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      listening();
    });
  });
  const { port: bound } = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${bound}`;
  return { url, stop: (timeout = STOP_TIMEOUT_MS) => connections.stop(timeout) };
}

function listenerOf({ fetch, loopbackOnly }: ServerOptions) {
  const answer = getRequestListener(fetch, { errorHandler: malformedRequest });
  // Clients use few host names for a server, so the last accepted one is compared first.
  let passed = "localhost";
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { headers } = incoming;
    if (loopbackOnly) {
      const { host, origin } = headers;
      if (host !== passed) {
        if (host === undefined || !isLoopbackHost(host)) return void refuseName(incoming, outgoing, "Host");
        passed = host;
      }
      if (origin !== undefined && !isLoopbackOrigin(origin)) return void refuseName(incoming, outgoing, "Origin");
      // No answer depends on the port in this header, which may be empty (`localhost:`) or out of range.
      headers.host = "localhost";
    }
    void answer(incoming, outgoing);
  };
}

/**
 * Answers a request that the Web's Request cannot express, such as one for the path `\`. The app reports its own
 * errors.
 */
function malformedRequest(): Response {
  return answerProblem(problem("invalid_request", "the request target or the Host header is malformed"));
}

function refuseName(incoming: IncomingMessage, outgoing: ServerResponse, header: "Host" | "Origin"): void {
  const detail = `this server has no API keys, so it accepts only localhost, 127.0.0.0/8 and [::1] as ${header}`;
  const body = JSON.stringify(problem("wrong_host", detail));
  outgoing.writeHead(421, { "content-type": "application/problem+json", "connection": "close" });
  outgoing.end(body);
  incoming.resume();
}

/** The open connections of a server, each with the number of its requests in flight. */
class Connections {
  readonly #server: Server;
  readonly #inFlight = new Map<Socket, number>();
  #stopping = false;

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#inFlight.set(socket, 0);
      socket.once("close", () => this.#inFlight.delete(socket));
    });
    server.on("request", ({ socket }: IncomingMessage, outgoing: ServerResponse) => {
      this.#add(socket, 1);
      outgoing.once("close", () => {
        this.#add(socket, -1);
        if (this.#stopping) this.#closeIdle(socket);
      });
    });
  }

  #add(socket: Socket, requests: number): void {
    const count = this.#inFlight.get(socket);
    if (count !== undefined) this.#inFlight.set(socket, count + requests);
  }

  /** Closes an idle connection. Node's closeIdleConnections leaves open a connection that never sent a request. */
  #closeIdle(socket: Socket): void {
    if (this.#inFlight.get(socket) === 0) socket.destroySoon();
  }

  stop(timeout: number): Promise<number> {
    this.#stopping = true;
    return new Promise((stopped) => {
      let cutOff = 0;
      const timer = setTimeout(() => {
        cutOff = [...this.#inFlight.values()].reduce((sum, count) => sum + count, 0);
        this.#server.closeAllConnections();
        for (const socket of this.#inFlight.keys()) socket.destroy();
      }, timeout);
      this.#server.close(() => {
        clearTimeout(timer);
        stopped(cutOff);
      });
      for (const socket of this.#inFlight.keys()) this.#closeIdle(socket);
    });
  }
}
