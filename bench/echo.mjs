// The bare peer of the benchmark: Hono on @hono/node-server, which parses the body as JSON and sends it back.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.post("*", async (c) => c.json(await c.req.json()));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => console.log(JSON.stringify({ port })));
