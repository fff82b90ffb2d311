// The page What if?: the ways to it, what it does with ids as people copy them, and the sum of gains and losses.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleOver } from "./console-over.ts";
import { KEY, logIn, openHarbour, type Harbour } from "./harbour-app.ts";

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.sidecar.close());

async function textOf(path: string, key: string = KEY.support): Promise<string> {
  const app = harbour.app();
  return (await app.request(path, { headers: await logIn(app, key) })).text();
}

/** Returns the links of a page to the form, by their words. */
async function linksOn(path: string, key?: string): Promise<[text: string, href: string][]> {
  const found = (await textOf(path, key)).matchAll(/<a href="(\/ui\/what-if\?[^"]+)">([\s\S]*?)<\/a>/g);
  return [...found].map(([, href, text]) =>
    [text!.replaceAll(/<[^>]+>/g, "").replaceAll(/\s+/g, " "), href!.replaceAll("&amp;", "&")]);
}

describe("a link to an event with its fields filled in", () => {
  test.each<[string, string, string, string[]]>([
    ["/ui/user/dora", "What if deactivated? (dora in harbour)",
      "/ui/what-if?type=member.deactivated&f.org=harbour&f.user=dora", ['name="f.org" value="harbour"',
        'name="f.user" value="dora"']],
    ["/ui/user/noor", "What if reactivated? (noor in harbour)",
      "/ui/what-if?type=member.reactivated&f.org=harbour&f.user=noor", ['name="f.user" value="noor"']],
    ["/ui/user/dora", "What if it ended? (ada.dora)", "/ui/what-if?type=coaching.ended&f.coaching=ada.dora",
      ['name="f.coaching" value="ada.dora"']],
    ["/ui/team/u18", "What if it ended? (u18.ines)",
      "/ui/what-if?type=team_assignment.ended&f.assignment=u18.ines", ['name="f.assignment" value="u18.ines"']],
    ["/ui/team/u18", "What if it had another head coach? (u18)", "/ui/what-if?type=team.head_coach_changed&f.team=u18",
      ['name="f.team" value="u18"']],
    ["/ui/team/u18", "What if it were deleted? (u18)", "/ui/what-if?type=team.deleted&f.team=u18",
      ['name="f.team" value="u18"']],
  ])("from %s: %s", async (path, text, href, fields) => {
    expect(await linksOn(path)).toContainEqual([text, href]);
    const form = await textOf(href);
    for (const field of fields) expect(form).toContain(field);
  });

  test("is not there for a key that may not try events", async () => {
    for (const path of ["/ui/user/dora", "/ui/team/u18"]) {
      expect(await linksOn(path, KEY.reader)).toEqual([]);
      expect(await textOf(path, KEY.reader)).not.toContain("What if");
    }
  });
});

describe("an id as it was copied", () => {
  test.each([
    "actor=olivia%20&f.org=%20harbour&f.user=dora", "actor=user:olivia&f.org=harbour&f.user=user:dora",
    "actor=olivia&f.org=org:harbour&f.user=user:dora%20&source=%20/console%20",
    "actor=%20user:olivia&f.org=harbour&f.user=dora",
  ])("%s is read", async (query) => {
    const path = `/ui/what-if?type=member.deactivated&try=1&${query}`;
    expect(await textOf(path)).toContain("It would apply");
  });

  test("with another type it is refused, and a name with a type stays whole where the event asks for one", async () => {
    expect(await textOf("/ui/what-if?type=member.deactivated&try=1&actor=olivia&f.org=harbour&f.user=athlete:dora"))
      .toContain("The event would be refused");
    const { get, asked } = consoleOver({ "/events": { status: "unchanged" } });
    await get("/ui/what-if?type=note.created&try=1&f.note=note:n&f.athlete=athlete:a&f.author=d&f.under=coaching:c");
    expect(JSON.parse(asked.find(({ path }) => path.startsWith("/events"))!.body).data)
      .toMatchObject({ note: "n", athlete: "a", author: "d", under: "coaching:c" });
  });
});

describe("the sum of gains and losses", () => {
  const change = (user: string, object: string, relation = "can_view") => ({ user, object, relation });
  const words = async (gained: object[], lost: object[], complete = true): Promise<string> => {
    const { get } = consoleOver({ "/events": { status: "applied", access: { gained, lost, complete } } });
    const { text } = await get("/ui/what-if?type=team.deleted&try=1&f.team=t");
    return text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  };

  test("counts people and things, each once", async () => {
    const lost = [change("user:a", "note:n", "can_read"), change("user:a", "note:n", "can_edit"),
      change("user:b", "athlete:x"), change("user:b", "athlete:y"), change("user:a", "team:t")];
    const text = await words([change("user:c", "athlete:x")], lost);
    expect(text).toContain("2 people lose access to 4 things (1 note, 2 athletes, 1 team). ");
    expect(text).toContain("1 person gains access to 1 athlete. ");
    expect(await words([], lost, false)).toContain("At least 2 people lose access to 4 things");
  });

  test("anybody is no person", async () => {
    const open = change("user:*", "invite:i", "can_redeem");
    expect(await words([open], [])).toContain("Anybody gains access to 1 invite. ");
    expect(await words([open, change("user:a", "invite:i", "can_revoke")], []))
      .toContain("Anybody and 1 person gain access to 1 invite. ");
  });
});
