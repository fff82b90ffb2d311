// The guard of the routes: the user who is signed in, and the client of Sideline.
import type { Context } from "hono";
import type { Client } from "sideline/client";

/** The options of every `requirePermission` of this app. */
export interface Guard {
  readonly client: Client;
  readonly user: (c: Context) => string;
}

/** Returns the guard over a client. An app puts its own sign-in here. */
export function guardOf(client: Client): Guard {
  return { client, user: (c) => c.req.header("x-user") ?? "" };
}
