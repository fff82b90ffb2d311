// The key file's name: errors name it if it is a file name, and never if it may be a key or the file's content.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KeyFile } from "../../src/http/api-key-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-file-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The error for a key file of this name; empty if it can be read. */
function said(name: string): string {
  try {
    new KeyFile(name, { info: () => undefined, error: () => undefined }).close();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

const KEYS = JSON.stringify({
  keys: [{ name: "app", key: "q7Zr/8kTq7Zr/8kTq7Zr/8kT", scopes: ["check"], sources: ["/a"] }],
});

describe("a text that may be a key is not repeated", () => {
  test.each([
    "a-key-that-nobody-guesses-01", "q7Zr/8kT+q7Zr/8kTq7Zr8kT==", "/8kT+q7Zrq7Zr8kTq7Zr8kTq7",
    "//8kT+q7Zrq7Zr8kTq7Zr8kTq",
    "key.with.dots.of.some.length", "key\\with\\backslashes", "./q7Zr8kT+q7Zrq7Zr8kTq7Zr8kT", "x".repeat(512), KEYS,
    `${KEYS}\n`, "q7Zr8kT/q7Zr8kT/",
  ])("%s", (name) => {
    expect(said(name)).toContain("its name is not shown, since it may be a key");
    for (let at = 0; at + 6 <= name.length; at++) expect(said(name)).not.toContain(name.slice(at, at + 6));
  });
});

describe("a file's name is repeated", () => {
  test("if its folder exists, or if it exists itself and cannot be read", () => {
    mkdirSync(join(folder, "sub"));
    for (const name of ["keys.json", "keys", "sub/none"].map((path) => join(folder, path))) {
      expect(said(name)).toContain(name);
    }
    for (const name of [join(folder, "sub"), "src"]) expect(said(name)).toContain("EISDIR");
    expect(said("../none.json")).toContain("../none.json");
  });

  test("also if the process runs in that folder", () => {
    const name = join(process.cwd(), "keys-that-are-not-there.json");
    expect(said(name)).toContain(name);
  });

  test("and a valid file is read", () => {
    writeFileSync(join(folder, "keys.json"), KEYS);
    expect(said(join(folder, "keys.json"))).toBe("");
  });
});
