// A TCP proxy between a sidecar and OpenFGA that delays, drops replies after the request was done, refuses and cuts.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A running proxy. What is set holds for the bytes that come from then on. */
export interface Proxy {
  readonly url: string;
  /** Milliseconds every reply is held back. */
  delay: number;
  /** Share of replies (0..1) that are dropped, with the connection, when the server has sent them. */
  dropReplies: number;
  /** New connections are refused. */
  refuse: boolean;
  /** Replies dropped so far. */
  readonly dropped: number;
  /** Cuts every connection. */
  cut(): void;
  /** Sends new connections to another port of loopback, and cuts the old ones. */
  turnTo(port: number): void;
  close(): Promise<void>;
}

/** Starts a proxy on loopback before a port of loopback. */
export async function startProxy(port: number): Promise<Proxy> {
  let target = port;
  let dropped = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (proxy.refuse) return client.resetAndDestroy();
    const upstream = connect(target, "127.0.0.1");
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      open.delete(client);
    };
    open.add(client);
    client.on("data", (chunk) => upstream.write(chunk));
    upstream.on("data", (chunk) => {
      if (Math.random() < proxy.dropReplies) {
        dropped++;
        return end();
      }
      if (proxy.delay === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), proxy.delay);
    });
    for (const socket of [client, upstream]) {
      socket.on("error", end);
      socket.on("close", end);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const cut = (): void => open.forEach((socket) => socket.destroy());
  const proxy: Proxy = {
    url: `http://127.0.0.1:${address.port}`, delay: 0, dropReplies: 0, refuse: false,
    get dropped() {
      return dropped;
    },
    cut,
    turnTo: (to) => {
      target = to;
      cut();
    },
    close: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
