// The questions that a page answers: the one that was asked, or none; never another in its place.
import { afterAll, beforeAll, expect, describe, test } from "vitest";
import { logIn, openHarbour, type Harbour } from "./harbour-app.ts";

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.sidecar.close());

async function getPage(path: string): Promise<{ readonly status: number; readonly text: string }> {
  const app = harbour.app();
  const response = await app.request(path, { headers: await logIn(app) });
  return { status: response.status, text: await response.text() };
}

/** Returns the form of a page that asks why. */
const formIn = (text: string): string => /<form class="ask"[\s\S]*?<\/form>/.exec(text)?.[0] ?? "";

describe("why", () => {
  test.each([
    ["type=team&id=u18&relation=can_edit", "“edit it” cannot be asked about this kind of thing: team.", "can_manage"],
    ["type=athlete&id=ada&relation=can_share", "“share it” cannot be asked", "can_delete"],
    ["type=athlete&id=ada&relation=can_read", "“read it” cannot be asked", "can_delete"],
    ["type=note&id=team:u18&relation=can_read", "this kind of thing: team.", "can_manage"],
    ["type=org&id=harbour&relation=see", "“see or read it” cannot be asked", "enter_admin"],
    ["type=note&id=n1&relation=nonsense", "“nonsense” cannot be asked", "can_read"],
    ["type=nothing&id=n1&relation=can_read", "There is no kind of thing nothing.", "can_read"],
    ["type=constructor&id=n1", "There is no kind of thing constructor.", "can_read"],
  ])("%s is not answered: %s", async (query, said, offered) => {
    const { status, text } = await getPage(`/ui/why?user=marek&${query}`);
    expect([status, text.includes('class="verdict'), text]).toEqual([400, false, expect.stringContaining(said)]);
    const form = formIn(text);
    expect(form).toContain('<option value="" selected="">choose</option>');
    expect(form).toContain(`<option value="${offered}">`);
    expect(form).toContain('name="user" value="marek"');
    expect(/<select id="why-relation" name="relation" required/.test(form)).toBe(true);
  });

  test("a form that nobody has filled in asks what every kind of thing has, after the kind", async () => {
    const form = formIn((await getPage("/ui/why")).text);
    expect(form).toContain('<option value="see" selected="">see or read it</option>');
    expect(/<select id="why-relation"[\s\S]*?<\/select>/.exec(form)?.[0].match(/ selected=/g)).toHaveLength(1);
    const places = ['name="user"', 'name="type"', 'name="id"', 'name="relation"'].map((name) => form.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const [type, id, words] of [["note", "n1", "read"], ["team", "u18", "see"], ["athlete", "ada", "see"]]) {
      const { status, text } = await getPage(`/ui/why?user=marek&type=${type}&id=${id}&relation=see`);
      const title = new RegExp(`<title>Why can(?:’t)? marek ${words} ${type}`);
      expect([status, title.test(text)]).toEqual([200, true]);
    }
  });

  test("fields for ids are not written with a capital letter by phones", async () => {
    for (const path of ["/ui", "/ui/why", "/ui/keys", "/ui?q=nothing", "/ui/session"]) {
      const { text } = await getPage(path);
      const fields = text.match(/<input id=[^>]*name="(?:q|user|id|athlete|org)"[^>]*>/g) ?? [];
      expect(fields.length).toBeGreaterThan(0);
      expect(fields.filter((field) => !field.includes('autocapitalize="none"'))).toEqual([]);
    }
  });
});

describe("an access list", () => {
  test("of a relation that the kind of thing lacks is not shown as another one", async () => {
    const { status, text } = await getPage("/ui/team/u18/access?relation=can_edit");
    expect([status, text.includes("“edit it” cannot be asked about"), text.includes("can see it")])
      .toEqual([400, true, false]);
  });

  test("after its end says how many there are, and leads back", async () => {
    const { text } = await getPage("/ui/note/n2/access?after=zz");
    expect(text).toMatch(/\d people can read it/);
    expect([text.includes("Nobody can read it"), text.includes("this is after its end")]).toEqual([false, true]);
    expect(text).toContain('href="/ui/note/n2/access?relation=can_read"');
  });
});
