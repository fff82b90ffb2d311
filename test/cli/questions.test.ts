// `sideline check`, `list` and `who` against a real server: answers, exit statuses, keys, and failures.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { event, FOUNDED, kill, oneBuild } from "../process/one-build.ts";
import type { Server } from "../process/server.ts";

const sideline = oneBuild();
const ask = (server: Pick<Server, "url">, ...args: string[]) =>
  sideline.build.command(args, { SIDELINE_URL: server.url });

async function serverWithOrg(): Promise<Server> {
  const server = await sideline.start();
  await server.send("POST", "/events", [FOUNDED, event("m", "member.added", { org: "o", user: "carl" }, "olga")]);
  return server;
}

test("check answers yes with 0 and no with 1", async () => {
  const server = await serverWithOrg();
  expect(await ask(server, "check", "user:olga", "org_manage", "org:o")).toMatchObject({ code: 0, said: "yes\n" });
  expect(await ask(server, "check", "user:carl", "org_manage", "org:o")).toMatchObject({ code: 1, said: "no\n" });
  const { code, said } = await ask(server, "check", "user:carl", "org_manage", "org:o", "--json");
  expect([code, JSON.parse(said)])
    .toEqual([1, { user: "user:carl", relation: "org_manage", object: "org:o", allowed: false }]);
  const byOption = await sideline.build.command(["check", "user:olga", "member", "org:o", "--url", server.url]);
  expect(byOption).toMatchObject({ code: 0, said: "yes\n" });
});

test("list and who print complete, sorted lists; an empty list is an answer", async () => {
  const server = await serverWithOrg();
  expect(await ask(server, "list", "user:carl", "member", "org")).toMatchObject({ code: 0, said: "org:o\n" });
  expect(await ask(server, "list", "user:eve", "member", "org")).toMatchObject({ code: 0, said: "" });
  expect(await ask(server, "who", "member", "org:o")).toMatchObject({ code: 0, said: "user:carl\nuser:olga\n" });
  expect(JSON.parse((await ask(server, "who", "admin", "org:o", "--json")).said)).toEqual({ users: ["user:olga"] });
  expect(JSON.parse((await ask(server, "list", "user:eve", "member", "org", "--json")).said)).toEqual({ objects: [] });
});

test("--as-of asks for an earlier state", async () => {
  const server = await serverWithOrg();
  const founded = ["--as-of", Buffer.from('["o",1]').toString("base64url")];
  expect(await ask(server, "check", "user:carl", "member", "org:o")).toMatchObject({ code: 0, said: "yes\n" });
  expect(await ask(server, "check", "user:carl", "member", "org:o", ...founded))
    .toMatchObject({ code: 1, said: "no\n" });
  expect(await ask(server, "list", "user:carl", "member", "org", ...founded)).toMatchObject({ code: 0, said: "" });
  expect(await ask(server, "who", "member", "org:o", ...founded)).toMatchObject({ code: 0, said: "user:olga\n" });
  const early = await ask(server, "who", "member", "org:o", "--as-of", "2020-01-01T00:00:00Z");
  expect([early.code, early.errors]).toEqual([3, [expect.stringContaining("before the first event")]]);
});

test("a question without an answer is one line, and exit status 3: never a no", async () => {
  const server = await serverWithOrg();
  const unknown = await ask(server, "check", "user:olga", "org_mange", "org:o");
  expect([unknown.code, unknown.errors]).toEqual([3, [expect.stringMatching(/^sideline: http.*org_mange/)]]);
  expect((await ask(server, "list", "user:olga", "member", "orgs")).code).toBe(3);
  expect((await ask(server, "who", "member", "orgs:o")).code).toBe(3);
  await kill(server);
  const down = await ask(server, "check", "user:olga", "org_manage", "org:o");
  expect([down.code, down.errors]).toEqual([3, [expect.stringMatching(/does not answer: .*ECONNREFUSED/)]]);
});

test("the key comes from SIDELINE_KEY or a file, and is never printed", async () => {
  const [key, file] = ["a-key-that-nobody-guesses-01", join(sideline.root, "key")];
  const keys = join(sideline.root, "keys.json");
  writeFileSync(keys, JSON.stringify({ keys: [{ name: "app", key, scopes: ["check"] }] }));
  writeFileSync(file, `${key}\n`);
  const server = await sideline.start({ SIDELINE_KEYS: keys });
  const args = ["check", "user:olga", "org_manage", "org:o"];
  const settings = { SIDELINE_URL: server.url };
  const outcomes = [
    await sideline.build.command(args, settings),
    await sideline.build.command(args, { ...settings, SIDELINE_KEY: `${key}-wrong` }),
    await sideline.build.command(args, { ...settings, SIDELINE_KEY: `${key}\n\n` }),
    await sideline.build.command(args, { ...settings, SIDELINE_KEY: key }),
    await sideline.build.command([...args, "--key-file", file], settings),
  ];
  expect(outcomes.map(({ code }) => code)).toEqual([3, 3, 2, 1, 1]);
  expect(outcomes[0]!.said).toContain("unauthenticated");
  expect(outcomes.map(({ said }) => said).join("")).not.toContain(key);
});

test("explain of a no says first what ended", async () => {
  const server = await serverWithOrg();
  await server.send("POST", "/events", [
    event("a", "athlete.created", { athlete: "ada", org: "o", coach: "carl" }, "olga"),
    event("e", "coaching.ended", { coaching: "ada.carl" }, "olga"),
  ]);
  const { code, said } = await ask(server, "explain", "user:carl", "current_coach", "athlete:ada");
  const [no, ended, first] = said.split("\n");
  expect([code, no]).toEqual([1, "no"]);
  expect(ended).toMatch(/^ended: coaching:ada\.carl, by coaching\.ended at \S+ by user:olga$/);
  expect(first).toMatch(/^1\. /);
  expect(said.match(/^ended: /gm)).toHaveLength(1);
});

test("explain says why, and what is missing, with the events behind it", async () => {
  const server = await serverWithOrg();
  const yes = await ask(server, "explain", "user:olga", "admin", "org:o");
  expect([yes.code, yes.said.split("\n").slice(0, 2)]).toEqual([0, ["yes", expect.stringMatching(/^1\. .*user:olga/)]]);
  expect(yes.said).toMatch(/\n {3}user:olga admin_hat org:o, since org\.created at \S+ by the system\n/);
  const no = await ask(server, "explain", "user:carl", "admin", "org:o");
  expect([no.code, no.said.split("\n")[0]]).toEqual([1, "no"]);
  expect(no.said).toMatch(/\n {3}absent: {2}user:carl admin_hat org:o\n/);
  expect(no.said).toMatch(/\n {3}event: {3}member\.hats_changed \{.*"carl".*\}, sent by: user:olga\n/);
  const json = await ask(server, "explain", "user:carl", "admin", "org:o", "--json");
  expect([json.code, JSON.parse(json.said).allowed]).toEqual([1, false]);
  expect((await ask(server, "explain", "carl", "admin", "org:o")).code).toBe(2);
  expect((await ask(server, "explain", "user:carl", "admn", "org:o")).code).toBe(3);
});
