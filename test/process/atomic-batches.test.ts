// Atomic batches of a real process: answers over HTTP, and kill -9 in the middle of many of them.
import { expect, test } from "vitest";
import { faultsOf } from "../races/invariants.ts";
import { event, FOUNDED, kill, oneBuild, tuplesOf } from "./one-build.ts";

const sideline = oneBuild();

/** Events in one batch: a member, a team of theirs and an athlete on it. */
function batchOf(name: string): object[] {
  return [
    event(`${name}.1`, "member.added", { org: "o", user: name }),
    event(`${name}.2`, "team.created", { team: name, org: "o", head_coach: name }),
    event(`${name}.3`, "athlete.created", { athlete: name, org: "o", team: name }),
  ];
}

test("a batch is answered with its receipts, or with the problem of the event at fault", async () => {
  const server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  const sent = await server.send("POST", "/events?atomic=true", batchOf("ann"));
  expect(sent?.status).toBe(200);
  expect(sent?.body.map(({ status }: { status: string }) => status)).toEqual(["applied", "applied", "applied"]);
  const [first, second, third] = batchOf("ben") as [object, object, object];
  const refused = await server.send("POST", "/events?atomic=true", [first, third, second]);
  expect(refused).toMatchObject({ status: 404, body: { code: "unknown_entity", index: 1, id: "ben.3" } });
  const unread = await server.send("POST", "/events?atomic=true", [first, { ...second, specversion: "9" }]);
  expect(unread).toMatchObject({ status: 400, body: { code: "invalid_event", index: 1, id: "ben.2" } });
  const check = { tuple_key: { user: "user:ben", relation: "member", object: "org:o" } };
  expect((await server.send("POST", "/check", check))?.body.allowed).toBe(false);
  const dry = await server.send("POST", "/events?atomic=true&dry_run=true", batchOf("ben"));
  expect(dry?.body[2]).toMatchObject({ status: "applied", dry_run: true });
  expect((await server.send("POST", "/check", check))?.body.allowed).toBe(false);
  expect(await server.send("POST", "/events?atomic=yes", batchOf("ben"))).toMatchObject(
    { status: 400, body: { code: "invalid_request" } });
  expect(await server.send("POST", "/events?atomic=true", first)).toMatchObject(
    { status: 200, body: { status: "applied" } });
});

test.each([3, 30])("kill -9 after %i acknowledged batches: each exists whole or not at all", async (enough) => {
  let server = await sideline.start();
  await server.send("POST", "/events", FOUNDED);
  const sent: string[] = [];
  const acknowledged: string[] = [];
  let alive = true;
  const stream = async (sender: number): Promise<void> => {
    for (let n = 0; alive; n++) {
      const name = `b${sender}.${n}`;
      sent.push(name);
      const answer = await server.send("POST", "/events?atomic=true", batchOf(name));
      if (answer === undefined) return;
      expect(answer.status).toBe(200);
      acknowledged.push(name);
      if (acknowledged.length < enough || !alive) continue;
      alive = false;
      server.signal("SIGKILL");
    }
  };
  await Promise.all(Array.from({ length: 12 }, (_, sender) => stream(sender)));
  await kill(server);

  server = await sideline.start();
  const tuples = await tuplesOf(server);
  expect(faultsOf(tuples)).toEqual([]);
  const has = (relation: string, object: string, user: string): boolean =>
    tuples.some((tuple) => tuple.relation === relation && tuple.object === object && tuple.user === user);
  for (const name of sent) {
    const parts = [
      has("member", "org:o", `user:${name}`), has("org", `team:${name}`, "org:o"),
      has("org", `athlete:${name}`, "org:o"),
    ];
    expect([name, ...parts]).toEqual([name, parts[0], parts[0], parts[0]]);
    if (acknowledged.includes(name)) expect([name, parts[0]]).toEqual([name, true]);
    const again = await server.send("POST", "/events?atomic=true", batchOf(name));
    expect(again?.body.map(({ status }: { status: string }) => status)).toEqual(
      Array(3).fill(parts[0] ? "duplicate" : "applied"));
  }
});
