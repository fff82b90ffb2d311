// Explanations in the console: the newest fact of a reason, and the ways to a yes in the order of how far they reach.
import { expect, test } from "vitest";
import { consoleOver } from "./console-over.ts";

const since = (type: string, actor: string | null, time: string | null) =>
  ({ type, actor, source: "/app", id: "1", time, revision: 1 });
const fact = (relation: string, event: object | null) =>
  ({ user: "user:u", relation, object: "note:n", since: event });

/** The text of the page of an answer, without tags. */
async function shown(answer: object): Promise<string> {
  const { text } = await consoleOver({ "/explain": { token: "t", ...answer } }).get("/ui/why?user=u&type=note&id=n");
  return text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

const yes = (...tuples: readonly object[]) => ({
  allowed: true, reasons: [{ rules: [], text: "user:u has can_read on note:n because user:u wrote note:n.", tuples }],
});

test("a reason names the newest of its facts", async () => {
  const text = await shown(yes(
    fact("author", since("note.created", "carl", "2026-09-16T09:30:00Z")),
    fact("member", since("member.added", "olivia", "2026-10-02T10:00:00Z")),
    fact("org", since("note.created", "carl", "2026-09-16T09:30:00Z")),
  ));
  expect(text).toMatch(/Because .* Its newest fact: member\.added from olivia on 2 Oct 2026/);
});

test.each([
  ["that no event wrote", null], ["whose event has no time", since("note.created", "carl", null)],
])("it names none where one of its facts is one %s", async (_, event) => {
  const known = since("note.created", "carl", "2026-09-16T09:30:00Z");
  const text = await shown(yes(fact("author", event), fact("org", known)));
  expect(text).not.toContain("newest fact");
});

const way = (name: string, absent: readonly object[], ...events: string[]) => ({
  rules: [], text: `user:u would have can_read on note:n if ${name}.`, present: [], absent,
  events: events.map((type) => ({ type, data: {}, who: "user:o" })),
});
const tuple = (object: string, relation: string, user = "user:u") => ({ user, relation, object });

test("ways to a yes are in the order of how far they reach, and those by the same events stand together", async () => {
  const text = await shown({ allowed: false, missing: [
    way("everybody of a role gets a key", [tuple("org:o", "notes_read_role", "role:o/x#holder")], "role.updated"),
    way("u wears a hat", [tuple("org:o", "admin_hat")], "member.hats_changed"),
    way("row one", [tuple("coaching:c1", "coach")], "coaching.started"),
    way("row two", [tuple("coaching:c2", "coach")], "coaching.started"),
    way("u is a superadmin", [tuple("platform:main", "superadmin")], "platform.superadmin_granted"),
  ] });
  const parts = ["row one", "1 more by the same events", "row two", "wears a hat", "everybody of a role", "superadmin"];
  const places = parts.map((part) => text.indexOf(part));
  expect(places.includes(-1)).toBe(false);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test("what ended is named where all of a way ended, and not where a part of it never was", async () => {
  const ended = { ...tuple("coaching:c1", "active_on", "athlete:a"), ended: since("coaching.ended", "olivia", null) };
  const of = (...absent: readonly object[]) => shown({ allowed: false, missing: [way("a row", absent, "x.y")] });
  expect(await of(ended)).toContain("What ended");
  expect(await of(ended, tuple("coaching:c1", "coach"))).not.toContain("What ended");
});
