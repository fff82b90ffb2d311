// Rows of coaches who do not count: every table and card that shows them says so, now and as of an earlier time.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sent } from "./harbour.ts";
import { consoleOver } from "./console-over.ts";
import { KEY, logIn, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";

/** Before: noor is a coach again, with a row over cleo and a note, and mona is head coach of `u16`. */
const BEFORE: readonly Sent[] = [
  ["member.reactivated", { org: "harbour", user: "noor" }, "olivia"],
  ["coaching.started", { coaching: "cleo.noor", athlete: "cleo", coach: "noor" }, "olivia"],
  ["coaching.started", { coaching: "ben.noor", athlete: "ben", coach: "noor" }, "olivia"],
  ["note.created", { note: "n7", athlete: "cleo", author: "noor", under: "coaching:cleo.noor" }, "noor"],
  ["member.added", { org: "harbour", user: "mona", hats: ["coach", "office"] }, "olivia"],
  ["team.created", { team: "u16", org: "harbour", head_coach: "mona" }, "olivia"],
];
const AFTER: readonly Sent[] = [
  ["member.deactivated", { org: "harbour", user: "noor" }, "olivia"],
  ["member.hats_changed", { org: "harbour", user: "mona", hats: ["office"] }, "olivia"],
];

let clock = Date.UTC(2026, 10, 1, 8);
let harbour: Harbour;
let then: string;
beforeAll(async () => {
  harbour = await openHarbour(BEFORE, () => clock);
  then = new Date(clock).toISOString();
  clock = Date.UTC(2026, 10, 20, 9, 30);
  await sendEvents(harbour.app({ keys: undefined }), AFTER, (n) => `after-${n}`);
  clock += 60_000;
});
afterAll(() => harbour.sidecar.close());

/** Returns the words of a page, without its tags. */
async function wordsOf(path: string, key: string = KEY.support): Promise<string> {
  const app = harbour.app();
  const response = await app.request(path, { headers: await logIn(app, key) });
  expect(response.status).toBe(200);
  return (await response.text()).replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
}

const NOOR = "does not count It counts once noor is an active member of org harbour . "
  + "Since 20 Nov 2026, 09:30 UTC : member.deactivated by olivia .";
const MONA = "does not count It counts once mona wears the coach hat in org harbour . "
  + "Since 20 Nov 2026, 09:30 UTC : member.hats_changed by olivia .";

describe.each([["support", KEY.support], ["read alone", KEY.reader]])("with a key of %s", (_, key) => {
  test.each([
    ["/ui/athlete/cleo", `active ${NOOR}`], ["/ui/user/noor", `active ${NOOR}`], ["/ui/coaching/cleo.noor", NOOR],
    ["/ui/note/n7", `active ${NOOR}`], ["/ui/team/u16", `active ${MONA}`], ["/ui/team/u16", `Head coach mona ${MONA}`],
    ["/ui/user/mona", `active ${MONA}`],
  ])("%s says which row does not count, why, and since when", async (path, words) => {
    expect(await wordsOf(path, key)).toContain(words);
    const before = await wordsOf(`${path}?as_of=${then}`, key);
    expect(before).not.toContain("does not count");
  });
});

test("each row of one person says so, and those of others do not", async () => {
  expect((await wordsOf("/ui/user/noor")).split(NOOR)).toHaveLength(3);
  expect(await wordsOf("/ui/user/dora")).not.toContain("does not count");
  expect(await wordsOf("/ui/team/u18")).not.toContain("does not count");
  expect(await wordsOf("/ui/coaching/ada.dora")).toContain("Counts counts");
  expect(await wordsOf(`/ui/coaching/cleo.noor?as_of=${then}`)).toContain("Counts counts");
});

test("an ended row does not count, and never will", async () => {
  const words = await wordsOf("/ui/coaching/ada.carl");
  expect(words).toContain("Counts does not count");
  expect(words).not.toContain("It counts once");
});

test("where the question is refused, no row is shown as one that counts", async () => {
  const row = { row: "coaching:c", coach: "c", athlete: "a", org: "o", role: null, overrides: {}, status: "active",
    started_at: null, ended_at: null };
  const { get } = consoleOver({
    "/users/u/relationships?status=active": { relationships: [row], continuation_token: "" },
    "/users/u/relationships": { relationships: [], continuation_token: "" },
    "/users/u/workspaces": { landing: "coach", orgs: [] }, "/stores/": { tuples: [] },
    "/list-users": Response.json({ code: "store_unavailable", detail: "the store is being read" }, { status: 503 }),
  });
  const { text } = await get("/ui/user/u");
  expect([text.includes('"chip yes">active'), text.includes("It is not known which active rows count")])
    .toEqual([false, true]);
});
