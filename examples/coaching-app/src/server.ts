// Starts the app on PORT, with its database and its Sideline.
import { serve } from "@hono/node-server";
import pg from "pg";
import { createClient } from "sideline/client";
import { createApp } from "./app.ts";

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"] });
pool.on("error", (error) => console.error(error.message));
const { SIDELINE_URL: url = "http://127.0.0.1:8090", SIDELINE_KEY: key } = process.env;
const client = createClient({ url, key });
const port = Number(process.env["PORT"] ?? 3000);
serve({ fetch: createApp(pool, client).fetch, hostname: "127.0.0.1", port }, () => console.log(`listening on ${port}`));
