// Tokens of receipts, and the keyed hash of an email address.
import { describe, expect, it } from "vitest";
import { emailHasher } from "../../src/events/email.ts";
import { makeToken, readTokens } from "../../src/ledger/revision-token.ts";
import { MAX_TOKENS, MAX_TOKEN_LENGTH } from "../../src/domain/event-limits.ts";

const TOKEN = makeToken({ org: "harbour", revision: 7 });

describe("a token", () => {
  it("names an org and a revision, and needs no escaping in a header", () => {
    for (const position of [{ org: "harbour", revision: 7 }, { org: "/platform", revision: 0 }]) {
      const token = makeToken(position);
      expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(readTokens(token)).toEqual([position]);
    }
  });

  it("is not arbitrary text", () => {
    for (const text of ["", "x", "%%%", btoa("[]"), btoa('["o",-1]'), btoa('["o",1.5]'), btoa('{"org":"o"}')]) {
      expect(readTokens(text), text).toMatchObject({ code: "validation_error" });
      for (const list of [`${text},${TOKEN}`, `${TOKEN},${text}`]) {
        expect(readTokens(list), list).toMatchObject({ code: "validation_error" });
      }
    }
  });

  it("is parsed up to its maximum length, in characters", () => {
    const ofLength = (n: number): string => btoa(`["${"o".repeat(n)}",1]`);
    const longest = ofLength(MAX_TOKEN_LENGTH / 4 * 3 - 6);
    expect(longest).toHaveLength(MAX_TOKEN_LENGTH);
    expect(readTokens(longest)).toHaveLength(1);
    expect(readTokens(`${longest.slice(0, -1)}=${longest.at(-1)}`)).toMatchObject({ code: "validation_error" });
    expect(readTokens(ofLength(MAX_TOKEN_LENGTH / 4 * 3 - 5))).toMatchObject({ code: "validation_error" });
  });

  it("stands in a list, of which the newest of each org counts", () => {
    const list = [["fc", 7], ["academy", 2], ["fc", 9], ["fc", 8]] as const;
    const tokens = list.map(([org, revision]) => makeToken({ org, revision }));
    for (const comma of [",", ", ", " , "]) {
      expect(readTokens(tokens.join(comma))).toEqual([{ org: "fc", revision: 9 }, { org: "academy", revision: 2 }]);
    }
  });

  it("stands in a list of limited length", () => {
    const tokens = Array.from({ length: MAX_TOKENS }, (_, i) => makeToken({ org: `o${i}`, revision: i }));
    expect(readTokens(tokens.join(","))).toHaveLength(MAX_TOKENS);
    expect(readTokens([...tokens, tokens[0]].join(","))).toMatchObject({ message: expect.stringContaining("at most") });
  });
});

describe("the hash of an email address", () => {
  const hash = emailHasher(new Uint8Array(32).fill(7));

  it("is the same for the trimmed lower-case address", () => {
    expect(hash(" Ada@Example.org ")).toBe(hash("ada@example.org"));
    expect(hash("ada@example.org")).not.toBe(hash("ada@example.com"));
  });

  it("depends on the key, and does not contain the address", () => {
    expect(emailHasher(new Uint8Array(32).fill(8))("ada@example.org")).not.toBe(hash("ada@example.org"));
    expect(hash("ada@example.org")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
