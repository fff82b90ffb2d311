// The mask of email addresses: every way of writing one, ids that stay as they are, and 1 MB of hostile text.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ADDRESS, AT_DOMAIN, BRACKETED_AT, QUOTED_ADDRESS, SPACED_SIGN, SPELLED,
} from "../../src/events/address-patterns.ts";
import { isId } from "../../src/events/event.ts";
import { maskAddresses } from "../../src/events/refusal.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { slowness } from "../turns/pattern.ts";

describe("an address is masked", () => {
  test.each([
    "ann@mail.example", "ann\uff20mail.example", "ann\ufe6bmail.example", "ann%40mail.example", "ann%2540mail.example",
    "ann%25ef%25bc%25a0mail.example", "ann%EF%B9%ABmail.example", "ann&#64;mail.example", "ann&#064;mail.example",
    "ann&#64mail.example", "ann&#x40;mail.example", "ann&#X0040;mail.example", "ann&#xff20;mail.example",
    "ann&#65312;mail.example", "ann&commat;mail.example", "ann&amp;commat;mail.example", "ann&amp;amp;#64;mail.example",
    "ann\\u0040mail.example", "ann\\u{40}mail.example", "ann\\x40mail.example", "ann\\uFF20mail.example",
    "ann=40mail.example", "ann=40xn--bcher-kva.example", "ann=40mail.b\u00fccher", "ann=EF=BC=A0mail.example",
    "ann(at)mail.example", "ann[at]mail.example", "ann{AT}mail.example", "ann<at>mail.example",
    "ann@b\u00fccher.example", "ann@xn--bcher-kva.example", "ann@\u092d\u093e\u0930\u0924.\u092d\u093e\u0930\u0924",
    "ann%u0040mail.example", "ann%uFF20mail.example", "ann%ufe6bmail.example", "ann%25u0040mail.example",
    "ann%25%34%30mail.example", "ann%%34%30mail.example", "ann%25%32%35%34%30mail.example",
    "ann%%2534%2530mail.example", "ann%25%32%35%2534%2530mail.example",
    "ann%%65%66%%42%63%%61%30mail.example", "ann%%75%30%30%34%30mail.example", "ann%%55004%30mail.example",
    "ann+AEA-mail.example", "ann+/yA-mail.example", "ann+/ms-mail.example", "ann\\100mail.example",
    '"ann.doe"@mail.example', '"ann.doe"=40mail.example', '"ann.doe"&commat;mail.example', "o'ann'(at)mail.example",
  ])("in the form %s", (form) => {
    expect(maskAddresses(form)).toBe("(an address)");
    expect(maskAddresses(`field ${form} is`)).toBe("field (an address) is");
    expect(maskAddresses(JSON.stringify({ said: form }))).not.toMatch(/mail|b\u00fccher|\u092d/);
  });

  test.each([
    "ann at mail.example", "ann AT mail.example", "ann  at\tmail.example", "ann\nat\nmail.example",
    "ann at xn--bcher-kva.example", "ann at b\u00fccher.example",
    "ann at \u092d\u093e\u0930\u0924.\u092d\u093e\u0930\u0924", "ann at mail\u3002example", "ann at mail dot example",
    "ann at mail (dot) example",
    "ann (at) mail.example",
    "ann @ mail.example", "ann@ mail.example", "ann @mail.example", "ann\u2028@mail.example",
    "ann\u00a0@\u00a0mail.example", "ann   @\t\r\nmail.example", "ann &#64; mail.example", "ann%40 mail.example",
    "ann \\u0040mail.example", "ann\n@ b\u00fccher.example", "ann @ mail dot example", "ann \uff20 mail\u3002example",
    "ann =40mail.example", '"ann" @ mail.example', "'ann doe' @ mail.example",
    "ann ( at ) mail.example", "ann [at] mail [dot] example", "'ann doe' at mail.example", '"ann" (at) mail.example',
  ])("in several words: %s", (form) => {
    const masked = maskAddresses(`field ${form} is`);
    expect(masked).toContain("(an address)");
    expect(masked).not.toMatch(/mail|b\u00fccher|xn--|\u092d/);
  });
});

describe("a text without an address stays", () => {
  test.each([
    "/app?n=40&m=3", "score=40.5", "/list?limit=40", "x=40%", "met at 10.30", "at position 10", "at the end", "meet at",
    "at mail.example", "(at) mail.example", "look (at) ", "at noon. Then", "a@ @b @ a b", "&#640;", "&#x400;", "%41",
    "chat @ home", "met @ 10.30", "me @ home. Then", "a    @    mail.example", "@ mail.example", "C:\\100\\x", "x\\100",
    "tag+aea-x", "+AEA-", "%u0041", "%25%34%31", "50%40", "chat at home", "that.at.all", "at 2026-03-01T12:00:00.000Z",
  ])("%s", (text) => {
    expect(maskAddresses(text)).toBe(text);
  });

  test("every id without an `@` in it, alone, in an object, and in a line of JSON", () => {
    const characters = fc.constantFrom(...[..."abzABZ09_.|+~-"], "at", "dot", "xn--", ".org", "u0040", "40", "x40");
    const ids = fc.array(characters, { minLength: 1, maxLength: 40 }).map((parts) => parts.join("")).filter(isId);
    fc.assert(fc.property(ids, ids, (id, other) => {
      const line = JSON.stringify({ user: `user:${id}`, object: `note:${other}`, of: [id, `${id}/${other}`] });
      for (const text of [id, `note:${id}`, `there is no note:${id}`, `${id}, ${other}`, line]) {
        expect(maskAddresses(text)).toBe(text);
      }
    }), { seed: SEED, numRuns: runsOr(2_000, 100_000) });
  });

  test("an id with an `@` at its beginning or end alone", () => {
    for (const id of ["ann@", "at@", "x.org@"]) expect([isId(id), maskAddresses(id)]).toEqual([true, id]);
  });
});

/** Texts that make a pattern look far ahead at each place, if it may. */
const HOSTILE = [
  "x", "x ", " ", "@", "a@b ", "a.", "a-", "(", "( ", "at ", " at ", "a at ", "a at b.", "a at b dot ", "(at)",
  "a(at) ", "a (at) ", "=40", "a=40b.", "a=40b", "%25", "a%2525", "&amp;", "a&amp;#0", "&#0", "\\u{0", '"a"', 'a" at ',
  "' at b.", "%25%3", "a%%32%35", "%u004", "a%%%", "a @ ", "a@ b.", "a  @", "@  ", "a+AEA-b.", "a\\100b", "a%ef%bc%",
  "a @ bb.bb.bb.bb.bb.bb.bb.bb.bb.bb.1 ", `a @ ${"b".repeat(63)}.`, `a\\100${"b".repeat(63)}.`,
  "a at bb.bb.bb.bb.bb.bb.bb.bb.bb.bb.1 ", `a at ${"b".repeat(63)}.`, `a=40${"b".repeat(63)}.`,
];

// A pattern that looked ahead without end at each place would take hours.
test.each(HOSTILE)("1 MB of %j is read in steps that grow with its length", (unit) => {
  const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
  const isAddress = maskAddresses(unit.repeat(20)) !== unit.repeat(20);
  expect(maskAddresses(text) !== text).toBe(isAddress);
});

test("no pattern of an address repeats without end before it may fail", () => {
  for (const { source, flags } of [ADDRESS, QUOTED_ADDRESS, SPACED_SIGN, SPELLED, BRACKETED_AT, AT_DOMAIN]) {
    // A look-around counts here as what it looks for.
    expect(slowness(source.replace(/\(\?<?[=!]/g, "(?:"), flags)).toBeUndefined();
  }
});
