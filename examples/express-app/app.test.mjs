// Tests of the app, each with a Sideline of its own in this process.
import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { startSideline } from "sideline/testing";
import { createApp } from "./app.mjs";

/** Starts the app, and a Sideline with a head coach, an assistant and an athlete. `ask` sends a request. */
async function start(t) {
  const sideline = await startSideline();
  const { send } = sideline;
  await send("org.created", { org: "harbour", kind: "club", owner: "olivia" });
  for (const user of ["carl", "hana"]) await send("member.added", { org: "harbour", user });
  await send("team.created", { team: "u15", org: "harbour", head_coach: "carl" });
  await send("athlete.created", { athlete: "ada", org: "harbour", team: "u15" });
  await send("team_assignment.started", { assignment: "u15.hana", team: "u15", coach: "hana" });

  const server = createApp(sideline.client).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.close();
    await sideline.close();
  });
  const url = `http://127.0.0.1:${server.address().port}/athletes/ada/sessions`;
  const ask = (method, user, body) => fetch(url, {
    method, headers: { "content-type": "application/json", ...(user === undefined ? {} : { "x-user": user }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { sideline, ask };
}

test("an assistant writes and reads sessions, and only the head coach deletes them", async (t) => {
  const { ask } = await start(t);
  assert.equal((await ask("POST", "hana", { on: "2026-05-01" })).status, 201);
  assert.deepEqual(await (await ask("GET", "carl")).json(), [{ on: "2026-05-01", coach: "hana" }]);
  assert.equal((await ask("DELETE", "hana")).status, 403);
  assert.equal((await ask("DELETE", "carl")).status, 204);
});

test("access ends with the assignment; a stranger has none, and nobody signed in is asked to sign in", async (t) => {
  const { sideline, ask } = await start(t);
  assert.equal((await ask("GET", "hana")).status, 200);
  await sideline.send("team_assignment.ended", { assignment: "u15.hana" }, { actor: "carl" });
  assert.equal((await ask("GET", "hana")).status, 403);
  assert.equal((await ask("GET", "mallory")).status, 403);
  assert.equal((await ask("GET")).status, 401);
});
