// The time that a page looks at: how an address names it, what each page says about it, and the ways between times.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPageTime } from "../../src/http/console/page-time.ts";
import { logIn, openHarbour, sendEvents, type Harbour } from "./harbour-app.ts";
import type { Sent } from "./harbour.ts";

let clock = Date.UTC(2026, 9, 1, 8);
let harbour: Harbour;
/** Events about note n2, so that its history has two pages. */
const shares: Sent[] = Array.from({ length: 30 }, (_, i): Sent =>
  [i % 2 === 0 ? "note.unshared" : "note.shared", { note: "n2", user: "petra" }, "dora"]);
beforeAll(async () => {
  harbour = await openHarbour([], () => clock);
  clock = Date.UTC(2026, 9, 20, 8);
  await sendEvents(harbour.app({ keys: undefined }), shares, (place) => `share-${place}`);
  clock = Date.UTC(2026, 9, 30, 8, 30);
});
afterAll(() => harbour.sidecar.close());

async function getPage(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const app = harbour.app();
  const response = await app.request(path, { headers: await logIn(app) });
  return { status: response.status, text: await response.text() };
}

/** Returns the links and the fields of the forms that a page has for another time. */
function waysIn(text: string): string[] {
  const back = /<aside class="notice" aria-label="Time[\s\S]*?href="([^"]*)"/.exec(text)?.[1] ?? "";
  const footer = /<footer>[\s\S]*<\/footer>/.exec(text)?.[0] ?? "";
  return [back.replaceAll("&amp;", "&"), ...[...footer.matchAll(/name="(\w+)"/g)].map(([, name]) => name!)];
}

test.each<[string, string, string | undefined]>([
  ["2026-10-01", "", "2026-10-01T00:00:00.000Z"], ["2026-10-01", "08:30", "2026-10-01T08:30:00.000Z"],
  ["2026-10-01T08:30", "", "2026-10-01T08:30:00.000Z"], ["2026-10-01T08:30:05Z", "", "2026-10-01T08:30:05.000Z"],
  ["2026-10-01T08:30:05.25+02:00", "", "2026-10-01T06:30:05.250Z"], ["2024-02-29", "", "2024-02-29T00:00:00.000Z"],
  ["2026-02-29", "", undefined], ["2026-09-31T00:00", "", undefined], ["2026-10-01T24:00", "", undefined],
  ["2026-10-01T08:60", "", undefined], ["2026-10-01T08:30:60Z", "", undefined], ["2026-10-01Z", "", undefined],
  ["2026-10-01T08:30+24:00", "", undefined], ["2026-10-01T08:30", "08:30", undefined], ["", "08:30", undefined],
])("%s %s is read as %s", (text, hour, time) => {
  const read = readPageTime(text, hour, Date.UTC(2026, 10, 30));
  expect(read).toEqual(time === undefined ? { fault: "malformed" } : { time });
});

test("the present millisecond is ahead, the one before is not", () => {
  const now = Date.UTC(2026, 9, 1, 8);
  expect(readPageTime("2026-10-01T08:00", "", now)).toEqual({ fault: "ahead" });
  expect(readPageTime("2026-10-01T08:00", "", now + 1)).toEqual({ time: "2026-10-01T08:00:00.000Z" });
});

const PATHS = ["/ui", "/ui?q=n1", "/ui/note/n1", "/ui/note/n1/access", "/ui/note/n1/history", "/ui/user/carl",
  "/ui/user/carl/access", "/ui/org/harbour/people", "/ui/why", "/ui/keys", "/ui/session", "/ui/what-if", "/ui/nowhere"];
const at = (path: string, time: string): string => `${path}${path.includes("?") ? "&" : "?"}as_of=${time}`;

describe("on every page alike", () => {
  test.each(PATHS)("%s refuses a time ahead of the clock, and one that the calendar lacks", async (path) => {
    for (const [time, why] of [["2030-01-01T00:00", "This time has not come yet."],
      ["2026-09-31T00:00", "must be one of the calendar"]]) {
      const { status, text } = await getPage(at(path, time!));
      expect([status, text]).toEqual([400, expect.stringContaining(why!)]);
      expect(text).toContain(`<a href="${path}">look at the present</a>`);
    }
  });

  test.each(PATHS.filter((path) => path.split("/").length > 3))("%s refuses a time before the first event, with advice",
    async (path) => {
      const { status, text } = await getPage(at(path, "2020-01-01"));
      const said = "The time is before the first event of this store.";
      expect([status, text]).toEqual([400, expect.stringContaining(said)]);
      expect([text.includes("Sideline-As-Of"), text.includes("Choose another time below")]).toEqual([false, true]);
    });
});

test.each([
  ["/ui/note/n1/access", "Who could read note n1?", "people could read it as of 10 Oct 2026, 00:00 UTC"],
  ["/ui/why?user=carl&type=note&id=n1", "Why could carl read note n1?", "could read"],
  ["/ui/why?user=noor&type=note&id=n1", "Why couldn’t noor read note n1?", "could not read"],
  ["/ui/keys?user=dora&athlete=ada", "Keys of dora on athlete ada", "of 48 keys as of"],
  ["/ui/athlete/ada", "athlete ada", "Coaches"], ["/ui/org/harbour/people", "People of org harbour", "Members"],
  ["/ui?q=zzz", "Find zzz", "Nothing had this id"], ["/ui/note/n1/history", "History of note n1", "note.created"],
])("%s says the time in its title and in its heading", async (path, title, said) => {
  const { text } = await getPage(at(path, "2026-10-10"));
  expect(text).toContain(`<title>${title} (as of 10 Oct 2026, 00:00 UTC) – Sideline</title>`);
  const main = /<main[\s\S]*<\/main>/.exec(text)![0];
  const [heading = ""] = /<h1[\s\S]*?<\/h1>/.exec(main) ?? [];
  expect(heading.replaceAll(/<[^>]+>/g, "")).toContain("as of 10 Oct 2026, 00:00 UTC");
  expect(main.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " ")).toContain(said);
});

test("a page of the present does not claim another time", async () => {
  for (const path of ["/ui/session", "/ui/what-if"]) {
    const { text } = await getPage(at(path, "2026-10-10"));
    expect([/<title>[^<]*as of/.test(text), text.includes("This page is of the present")]).toEqual([false, true]);
  }
});

test("a date without an hour is enough, and the form has a field of its own for the hour", async () => {
  const { status, text } = await getPage("/ui/note/n1/access?as_of=2026-10-10&as_of_time=");
  expect([status, text.includes("as of 10 Oct 2026, 00:00 UTC")]).toEqual([200, true]);
  const later = await getPage("/ui/note/n1/access?as_of=2026-10-10&as_of_time=09:15");
  expect(later.text).toContain("as of 10 Oct 2026, 09:15 UTC");
  expect(later.text).toContain("as_of=2026-10-10T09%3A15%3A00.000Z");
  expect(later.text.replace(/<footer>[\s\S]*/, "")).not.toContain("as_of_time");
});

describe("another time begins with the first page of a list", () => {
  test.each(["", "&range=month"])("of a history, now and then%s", async (range) => {
    for (const time of ["", "&as_of=2026-10-25"]) {
      const first = await getPage(`/ui/note/n2/history?outcome=applied${range}${time}`);
      const next = /<a rel="next" href="([^"]+)"/.exec(first.text)![1]!.replaceAll("&amp;", "&");
      const second = await getPage(next);
      expect([second.status, next.includes("token=")]).toEqual([200, true]);
      const [back, ...fields] = waysIn(second.text);
      expect(fields.toSorted()).toEqual(["as_of", "as_of_time", "outcome", ...(range === "" ? [] : ["range"])]);
      if (time === "") continue;
      expect(back).not.toMatch(/token|since|as_of/);
      expect((await getPage(back!)).status).toBe(200);
    }
  });

  test("of an access list, and of people", async () => {
    for (const path of ["/ui/note/n2/access?relation=can_read&after=dora",
      "/ui/org/harbour/people?after=dora&invites=0"]) {
      const [back, ...fields] = waysIn((await getPage(at(path, "2026-10-25"))).text);
      expect([back, ...fields].join(" ")).not.toMatch(/after|invites/);
    }
  });
});
