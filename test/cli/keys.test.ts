// `sideline keys create`: a key that a running server accepts, in a file that is replaced as a whole.
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENTLY } from "../live/patience.ts";
import { oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();
const fileOf = (): string => join(sideline.root, "keys.json");
const create = (...args: string[]) => sideline.build.command(["keys", "create", ...args]);
const entriesOf = (): any[] => JSON.parse(readFileSync(fileOf(), "utf8")).keys;

test("a new file has mode 0600 and the digest of a key printed once; the next key keeps the others", async () => {
  const first = await create("app", "--scope", "check", "events", "--source", "/app", "--file", fileOf());
  const key = first.said.split("\n").find((line) => line.startsWith("sl_"))!;
  expect([first.code, key]).toEqual([0, expect.stringMatching(/^sl_[A-Za-z0-9_-]{43}$/)]);
  expect(statSync(fileOf()).mode & 0o777).toBe(0o600);
  expect(readFileSync(fileOf(), "utf8")).not.toContain(key);
  expect(entriesOf()).toEqual([{ name: "app", sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    scopes: ["check", "events"], sources: ["/app"] }]);

  const args = ["ops", "--scope", "admin,read", "--expires", "2999-01-31T00:00:00Z", "--file", fileOf(), "--json"];
  const second = await create(...args);
  expect(second.errors).toEqual([]);
  const made = JSON.parse(second.said);
  expect(made).toMatchObject({ name: "ops", scopes: ["admin", "read"], expires: "2999-01-31T00:00:00Z" });
  expect(made.key).not.toBe(key);
  expect(entriesOf().map(({ name }) => name)).toEqual(["app", "ops"]);
  expect(readdirSync(sideline.root)).toEqual(["keys.json"]);
});

test("a file keeps its mode, so that the server's user can still read it", async () => {
  await create("app", "--scope", "check", "--file", fileOf());
  chmodSync(fileOf(), 0o640);
  await create("late", "--scope", "check", "--file", fileOf());
  expect(statSync(fileOf()).mode & 0o777).toBe(0o640);
});

test("a running server accepts the key after a moment, within its scopes", async () => {
  const { said } = await create("app", "--scope", "check", "--file", fileOf(), "--json");
  const server = await sideline.start({ SIDELINE_KEYS: fileOf() });
  const made = JSON.parse((await create("late", "--scope", "check", "--file", fileOf(), "--json")).said);
  const args = ["check", "user:a", "member", "org:o", "--url", server.url];
  const asked = (key: string) => sideline.build.command(args, { SIDELINE_KEY: key });
  expect((await asked(JSON.parse(said).key)).code).toBe(1);
  await vi.waitFor(async () => expect((await asked(made.key)).code).toBe(1), PATIENTLY);
  const backup = await sideline.build.command(["backup", join(sideline.root, "b"), "--url", server.url],
    { SIDELINE_KEY: made.key });
  expect([backup.code, backup.said]).toEqual([3, expect.stringContaining("scope_missing")]);
});

test("a name that is taken is refused, and the file stays as it is", async () => {
  await create("app", "--scope", "check", "--file", fileOf());
  const before = readFileSync(fileOf(), "utf8");
  const { code, errors } = await create("app", "--scope", "admin", "--file", fileOf());
  expect([code, errors]).toEqual([2, [expect.stringContaining("the name app already")]]);
  expect(readFileSync(fileOf(), "utf8")).toBe(before);
  expect(readdirSync(sideline.root)).toEqual(["keys.json"]);
});

test.each<[string, readonly string[], RegExp]>([
  ["an unknown scope", ["app", "--scope", "chek"], /scopes\.0: not a scope/],
  ["a scope given twice", ["app", "--scope", "check", "check"], /scopes: names a scope twice/],
  ["a name with a space", ["my app", "--scope", "check"], /name: must be 1 to 64/],
  ["a time that is none", ["app", "--scope", "check", "--expires", "tomorrow"], /expires: must be an RFC 3339/],
  ["a time in the past", ["app", "--scope", "check", "--expires", "2020-01-01T00:00:00Z"], /is in the past/],
  ["a source that is none", ["app", "--scope", "events", "--source", "a b"], /sources\.0: must be a URI reference/],
])("%s is refused, and no file is made", async (_, args, words) => {
  const { code, errors } = await create(...args, "--file", fileOf());
  expect([code, errors]).toEqual([2, [expect.stringMatching(words)]]);
  expect(existsSync(fileOf())).toBe(false);
});

test("a faulty file, and one that another command is changing, stay as they are", async () => {
  writeFileSync(fileOf(), "{}");
  expect(await create("app", "--scope", "check", "--file", fileOf()))
    .toMatchObject({ code: 3, errors: [expect.stringContaining("the key file is not valid")] });
  expect(readFileSync(fileOf(), "utf8")).toBe("{}");
  expect(readdirSync(sideline.root)).toEqual(["keys.json"]);
  writeFileSync(`${fileOf()}.new`, "");
  expect(await create("app", "--scope", "check", "--file", fileOf()))
    .toMatchObject({ code: 3, errors: [expect.stringContaining("another command is changing the key file")] });
  expect(existsSync(`${fileOf()}.new`)).toBe(true);
});

test("a symbolic link stays one: the file that it points to gets the key", async () => {
  const link = join(sideline.root, "link.json");
  await create("app", "--scope", "check", "--file", fileOf());
  symlinkSync(fileOf(), link);
  expect((await create("ops", "--scope", "admin", "--file", link)).code).toBe(0);
  expect(entriesOf().map(({ name }) => name)).toEqual(["app", "ops"]);
});
