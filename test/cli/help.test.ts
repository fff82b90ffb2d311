// Help, version and wrong usage of every command of `sideline`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../live/pins.ts";
import { oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();

/** Commands that the contract names. `policy` has tests of its own. */
const COMMANDS = ["serve", "check", "list", "who", "history", "send", "compare", "keys create", "backup", "verify",
  "migrate", "email-key"];

const lineOf = (errors: readonly string[]): string => errors.join("\n");

test("--version prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(await sideline.build.command(["--version"])).toMatchObject({ code: 0, said: `${version}\n` });
});

test("--help lists every command, and the exit statuses", async () => {
  const { code, said, errors } = await sideline.build.command(["--help"]);
  expect([code, errors]).toEqual([0, []]);
  for (const name of COMMANDS) expect(said).toMatch(new RegExp(`^  ${name.split(" ")[0]}\\b`, "m"));
  expect(said).toContain("0 yes or done, 1 no or differences, 2 wrong usage, 3 failed");
});

test.each(COMMANDS)("%s --help has an example, and --json", async (name) => {
  const { code, said } = await sideline.build.command([...name.split(" "), "--help"]);
  expect(code).toBe(0);
  expect(said).toContain(`Usage: sideline ${name}`);
  expect(said).toContain("--json");
  const example = said.slice(said.indexOf("Example:\n"));
  expect(example).toContain(`sideline ${name}`);
});

test.each<[string, readonly string[], string]>([
  ["an unknown command", ["chek", "a", "b", "c"], "unknown command 'chek'"],
  ["an unknown option", ["check", "user:a", "b", "c:d", "--key", "secret"], "unknown option '--key'"],
  ["too few arguments", ["check", "user:a", "b"], "missing required argument 'object'"],
  ["too many arguments", ["who", "a", "b:c", "d"], "too many arguments for 'who'"],
  ["a user without a type", ["check", "carl", "can_read", "note:n1"], "a user is <type>:<id>"],
  ["an object in place of a type", ["list", "user:carl", "can_read", "note:n1"], "without a colon"],
  ["a context that is no object", ["check", "user:a", "b", "c:d", "--context", "[1]"], "--context must be a JSON"],
  ["an address that is none", ["check", "user:a", "b", "c:d", "--url", "nowhere"], "--url must be the http://"],
  ["a key file that is not there", ["check", "user:a", "b", "c:d", "--key-file", "q7Zr/8kT"], "cannot be read"],
  ["a file that is not there", ["send", "nothing.ndjson"], "nothing.ndjson cannot be read"],
  ["verify without a store", ["verify"], "--from <url>' not specified"],
  ["verify of a folder", ["verify", "--from", "./data"], "--from must be the URL"],
  ["--yes without --repair", ["verify", "--from", "http://127.0.0.1:9", "--yes"], "--yes requires --repair"],
  ["migrate to the same place", ["migrate", "--from", "x", "--to", "x"], "the same place"],
  ["email-key of a server", ["email-key", "--from", "http://127.0.0.1:9"], "the folder of an embedded store"],
])("wrong usage is one line, and exit status 2: %s", async (_, args, words) => {
  const { code, errors, said } = await sideline.build.command(args);
  expect([code, errors.length, lineOf(errors)]).toEqual([2, 1, expect.stringContaining(words)]);
  expect(said).toBe(`${errors[0]}\n`);
  expect(said).toMatch(/^sideline: /);
  expect(said).not.toContain("q7Zr");
});

test("no command, and keys without its command, print the help and exit with 2", async () => {
  for (const args of [[], ["keys"]]) {
    const { code, said } = await sideline.build.command(args);
    expect([code, said.includes("Usage: sideline")]).toEqual([2, true]);
  }
});

test("a wrong setting exits with 2 and is named", async () => {
  const { code, errors } = await sideline.build.command(["serve"], { SIDELINE_PORT: "eighty" });
  expect([code, errors]).toEqual([2, [expect.stringContaining("SIDELINE_PORT")]]);
});

test("a store that is not there exits with 3", async () => {
  const outcomes = [
    await sideline.build.command(["email-key", "--from", sideline.folder]),
    await sideline.build.command(["migrate", "--from", sideline.folder, "--to", "./other"]),
    await sideline.build.command(["verify", "--from", "http://127.0.0.1:9"]),
  ];
  expect(outcomes.map(({ code, errors }) => [code, errors.length])).toEqual([[3, 1], [3, 1], [3, 1]]);
});
