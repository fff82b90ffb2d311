// The HTTP server on real sockets: accepted Host headers, slow and silent clients, and shutdown.
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { startServer, type RunningServer, type ServerOptions } from "../../src/http/server.ts";
import { appOf, send } from "./world.ts";
import { REQUEST_TIMEOUT_MS } from "../../src/http/http-limits.ts";
import { isLoopbackHost, isLoopbackOrigin } from "../../src/http/loopback.ts";

const servers: RunningServer[] = [];
afterEach(async () => void await Promise.all(servers.splice(0).map((server) => server.stop(0))));

async function start(more: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const { app } = appOf();
  const server = await startServer(
    { fetch: app.fetch, host: "127.0.0.1", port: 0, keepAlive: 75_000, loopbackOnly: true, ...more });
  servers.push(server);
  return server;
}

/** Opens a connection, sends a text, and collects the response until the server closes. */
async function open(server: RunningServer, text: string): Promise<{ socket: Socket; closed: Promise<string> }> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let got = "";
  const closed = new Promise<string>((done) => {
    socket.on("data", (bytes) => void (got += String(bytes)));
    socket.on("error", () => undefined);
    socket.on("close", () => done(got));
  });
  await new Promise<void>((connected) => socket.once("connect", connected));
  if (text !== "") socket.write(text);
  return { socket, closed };
}

/** The response to one request with these header lines. */
async function ask(server: RunningServer, ...lines: string[]): Promise<string> {
  const { closed } = await open(server, [...lines, "connection: close", "", ""].join("\r\n"));
  return closed;
}

describe("without API keys only a Host of the loopback interface is answered", () => {
  test.each([
    "localhost", "LocalHost", "localhost:8090", "localhost:1", "127.0.0.1", "127.0.0.1:80", "127.255.255.254", "[::1]",
    "[::1]:8090",
  ])("%s is answered", async (host) => {
    expect(isLoopbackHost(host)).toBe(true);
    expect(await ask(await start(), "GET /livez HTTP/1.1", `host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    "evil.example", "evil.example:8090", "localhost.evil.example", "localhost.", "127.0.0.1.evil.example",
    "127.0.0.256", "127.0.0", "127.1", "0.0.0.0", "10.0.0.1", "[::]", "[::ffff:127.0.0.1]", "::1", "localhost:http",
    "localhost:123456", "localhost, evil.example", "x@localhost", "localhost/", "",
  ])("%j is not: 421 wrong_host", async (host) => {
    expect(isLoopbackHost(host)).toBe(false);
    const answer = await ask(await start(), "GET /livez HTTP/1.1", `host: ${host}`);
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).toContain('"code":"wrong_host"');
  });

  test("on every route, also for unknown paths, other methods and a missing Host", async () => {
    const server = await start();
    for (const path of ["/", "/events", "/check", "/stores", "/metrics", "/nowhere", "/readyz?verbose"]) {
      for (const method of ["GET", "POST", "OPTIONS", "PATCH"]) {
        const lines = [`${method} ${path} HTTP/1.1`, "content-length: 0"];
        expect(await ask(server, ...lines, "host: evil.example")).toMatch(/^HTTP\/1\.1 421 /);
        expect(await ask(server, ...lines, "host: localhost")).not.toMatch(/^HTTP\/1\.1 421 /);
      }
    }
    expect(await ask(server, "GET /livez HTTP/1.1")).toMatch(/^HTTP\/1\.1 421 /);
    expect(await ask(server, "GET /livez HTTP/1.0")).toMatch(/^HTTP\/1\.1 421 /);
  });

  test.each([
    "http://localhost:3000", "https://localhost", "http://127.0.0.1:8090", "http://[::1]", "HTTP://LOCALHOST",
  ])("a page of this machine is answered: Origin %s", async (origin) => {
    expect(isLoopbackOrigin(origin)).toBe(true);
    const lines = ["POST /livez HTTP/1.1", "host: localhost", `origin: ${origin}`, "content-length: 0"];
    expect(await ask(await start(), ...lines)).not.toMatch(/^HTTP\/1\.1 421 /);
  });

  test.each([
    "null", "https://evil.example", "http://localhost.evil.example", "file://", "", "localhost", "ftp://localhost",
    "chrome-extension://localhost", "http://localhost@evil.example", "http://evil.example http://localhost",
  ])("a page of another site is not, although its Host is right: Origin %j", async (origin) => {
    expect(isLoopbackOrigin(origin)).toBe(false);
    const server = await start();
    for (const path of ["/backup", "/events", "/check", "/livez"]) {
      const lines = [`POST ${path} HTTP/1.1`, "host: localhost", `origin: ${origin}`, "content-length: 0"];
      const answer = await ask(server, ...lines);
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).toContain("as Origin");
    }
  });

  test.each(["localhost:", "localhost:99999", "127.0.0.1:0"])("the port does not count: %s", async (host) => {
    expect(await ask(await start(), "GET /livez HTTP/1.1", `host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("on one connection each request is checked", async () => {
    const server = await start();
    const get = (host: string, more = ""): string => `GET /livez HTTP/1.1\r\nhost: ${host}\r\n${more}\r\n`;
    const last = get("evil.example", "connection: close\r\n");
    const { closed } = await open(server, get("localhost") + get("127.0.0.1") + last);
    const statuses = [...(await closed).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(["200", "200", "421"]);
  });

  test("with API keys any Host is answered, unless it is malformed", async () => {
    const server = await start({ loopbackOnly: false });
    expect(await ask(server, "GET /livez HTTP/1.1", "host: app.example")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ask(server, "GET /livez HTTP/1.1", "host: a b")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask(server, "GET \\ HTTP/1.1", "host: app.example")).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("slow clients", () => {
  test("a body that drips longer than the limit is cut off with 408; others are answered meanwhile", async () => {
    const server = await start({ requestTimeout: 2000 });
    const { socket, closed } = await open(server,
      "POST /check HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{");
    const drip = setInterval(() => socket.write(" "), 50);
    // The limit applies to every request. On a slow machine this one may exceed it as well, and is sent again.
    await expect.poll(() => ask(server, "GET /livez HTTP/1.1", "host: localhost")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });

  test("the limit is 30 s by default", () => expect(REQUEST_TIMEOUT_MS).toBe(30_000));

  test.each(["content-length: 1000", "transfer-encoding: chunked"])(
    "a body cut off by its sender (%s) is neither logged as an error nor counted as 500", async (framing) => {
      const { app, logged } = appOf();
      const server = await start({ fetch: app.fetch });
      for (const path of ["/events", "/check"]) {
        const { socket, closed } = await open(server,
          `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`);
        socket.write("1\r\n{");
        // The app has the request once a later one on another connection has been answered.
        await ask(server, "GET /livez HTTP/1.1", "host: localhost");
        socket.destroy();
        await closed;
      }
      let metrics = "";
      do {
        await new Promise((turn) => setImmediate(turn));
        metrics = (await send(app, "GET", "/metrics")).body;
      } while (!/route="POST \/check"[^\n]*status="4/.test(metrics));
      expect(logged).toEqual([]);
      expect(metrics).not.toMatch(/status="500"/);
    },
  );

  test("the announced idle time of a connection is the configured one", async () => {
    const { closed, socket } = await open(await start(), "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await new Promise<void>((answered) => socket.once("data", () => answered()));
    socket.end();
    expect(await closed).toMatch(/keep-alive: timeout=75/i);
  });
});

describe("a server that shuts down", () => {
  test("closes connections that never sent a byte, sent half a head, or are idle after an answer", async () => {
    const server = await start();
    const silent = await open(server, "");
    const half = await open(server, "POST /check HTTP/1.1\r\nhost: local");
    const idle = await open(server, "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await new Promise<void>((answered) => idle.socket.once("data", () => answered()));
    // A timeout this long would outlast the test.
    expect(await server.stop(600_000)).toBe(0);
    await Promise.all([silent.closed, half.closed, idle.closed]);
  });

  test("answers a request in flight, and then closes its connection", async () => {
    let answer: () => void = () => undefined;
    let arrived: () => void = () => undefined;
    const called = new Promise<void>((done) => void (arrived = done));
    const server = await start({
      fetch: async () => {
        arrived();
        await new Promise<void>((done) => void (answer = done));
        return new Response("late");
      },
    });
    const { closed } = await open(server, "GET /x HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await called;
    const stopped = server.stop(600_000);
    answer();
    expect(await closed).toMatch(/late$/);
    expect(await stopped).toBe(0);
  });

  test("cuts off a request that exceeds the shutdown time, and counts it", async () => {
    let arrived: () => void = () => undefined;
    const called = new Promise<void>((done) => void (arrived = done));
    const server = await start({ fetch: () => new Promise<Response>(() => arrived()) });
    const { closed } = await open(server, "GET /x HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await called;
    expect(await server.stop(10)).toBe(1);
    expect(await closed).toBe("");
  });

  test("a port in use is an error, not an unheard event", async () => {
    const server = await start();
    await expect(start({ port: Number(new URL(server.url).port) })).rejects.toThrow("EADDRINUSE");
  });
});
