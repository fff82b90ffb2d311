// `sideline history` against a real server: lines, filters, JSON, more than one page, and wrong usage.
import { expect, test } from "vitest";
import { event, FOUNDED, oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();

test("history prints the events, newest first", async () => {
  const server = await sideline.start();
  const history = (...args: string[]) => sideline.build.command(["history", ...args], { SIDELINE_URL: server.url });
  const members = Array.from({ length: 3 }, (_, n) =>
    event(`m${n}`, "member.added", { org: "o", user: `u${n}` }, n === 2 ? "u0" : "olga"));
  await server.send("POST", "/events", [FOUNDED, ...members]);
  const { code, said } = await history();
  expect(code).toBe(0);
  expect(said.replaceAll(/^\S+Z /gm, "").split("\n")).toEqual([
    "o member.added by u0 refused: actor_not_allowed about user:u2",
    expect.stringMatching(/^o member.added by olga \+\d -0$/),
    expect.stringMatching(/^o member.added by olga/), expect.stringMatching(/^o org.created by .* \+\d+ -0$/), "",
  ]);
  expect((await history("--limit", "2")).said.trim().split("\n")).toHaveLength(2);
  expect((await history("--user", "u1", "--org", "o")).said.trim().split("\n")).toHaveLength(1);
  const { events } = JSON.parse((await history("--outcome", "applied", "--json")).said);
  expect(events.map(({ type }: { type: string }) => type)).toEqual(["member.added", "member.added", "org.created"]);
  expect(await history("--limit", "0")).toMatchObject({ code: 2 });
  expect(await history("--type", "member.gone")).toMatchObject({ code: 3 });
});
