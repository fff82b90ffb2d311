// Tokens of receipts, and the keyed hash of an email address.
import { describe, expect, it } from "vitest";
import { emailHasher } from "../../src/events/email.ts";
import { makeToken, readToken } from "../../src/ledger/revision-token.ts";
import { MAX_TOKEN_LENGTH } from "../../src/domain/event-limits.ts";

describe("a token", () => {
  it("names an org and a revision, and needs no escaping in a header", () => {
    for (const position of [{ org: "harbour", revision: 7 }, { org: "/platform", revision: 0 }]) {
      const token = makeToken(position);
      expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(readToken(token)).toEqual(position);
    }
  });

  it("is not arbitrary text", () => {
    for (const text of ["", "x", "%%%", btoa("[]"), btoa('["o",-1]'), btoa('["o",1.5]'), btoa('{"org":"o"}')]) {
      expect(readToken(text), text).toBeUndefined();
    }
  });

  it("is parsed up to its maximum length, in characters", () => {
    const ofLength = (n: number): string => btoa(`["${"o".repeat(n)}",1]`);
    const longest = ofLength(MAX_TOKEN_LENGTH / 4 * 3 - 6);
    expect(longest).toHaveLength(MAX_TOKEN_LENGTH);
    expect(readToken(longest)).toBeDefined();
    expect(readToken(`${longest.slice(0, -1)}=${longest.at(-1)}`)).toBeUndefined();
    expect(readToken(ofLength(MAX_TOKEN_LENGTH / 4 * 3 - 5))).toBeUndefined();
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
