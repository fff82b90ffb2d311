// The commands `sideline policy ways|diff|prove`: their output and their exit status.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { Command, CommanderError } from "commander";
import { UsageError } from "../../src/cli/command-line.ts";
import { runPolicy, type PolicyCommand } from "../../src/cli/policy-command.ts";
import { addPolicyCommands } from "../../src/cli/policy-commands.ts";
import { buildCommand } from "./command.ts";

const before = `model
  schema 1.1
type user
type note
  relations
    # NP1 The author.
    define author: [user]
    # NP3 Blocked.
    define blocked: [user]
    define open: [user:* with soon]
    define reader: author but not blocked
    define guest: author or open
condition soon(x: int) { x < 10 }
`;
const after = before.replace("author but not blocked", "author");
const narrower = before.replace("author or open", "author");
const claims = `claims:
  - id: readers
    rules: NP1
    says: Only the author reads.
    whoever has: note:n#reader@user:u
    satisfies: note:n#author@user:u
  - id: blocked
    rules: NP3
    says: Nobody reads who is blocked.
    nobody has: note:n#reader@user:u
    given: note:n#blocked@user:u
`;
const store = `tuples:
  - { user: user:ann, relation: author, object: note:1 }
  - { user: user:ann, relation: blocked, object: note:1 }
  - { user: user:bob, relation: author, object: note:2 }
`;

let folder: string;
const file = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-policy-"));
  for (const [name, text] of Object.entries({ "before.fga": before, "after.fga": after, "narrower.fga": narrower,
    "before.claims.yaml": claims, "store.fga.yaml": store })) writeFileSync(file(name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the command that arguments ask for. */
async function parsed(args: readonly string[]): Promise<PolicyCommand> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  let found: PolicyCommand | undefined;
  addPolicyCommands(program, async (command) => {
    found = command;
    return 0;
  });
  await program.parseAsync(["policy", ...args], { from: "user" });
  return found!;
}

const run = async (...args: readonly string[]): Promise<{ status: number; lines: string[] }> => {
  const { status, text } = await runPolicy(await parsed(args));
  return { status, lines: text.replaceAll(folder, "").split("\n").slice(0, -1) };
};

describe("ways", () => {
  test("prints the tuples, what they must avoid, the lines and their rules", async () => {
    expect(await run("ways", "note#reader", "--model", file("before.fga"))).toEqual({ status: 0, lines: [
      "note#reader: 1 way",
      "   1  note:n#author@user:u",
      "      unless user:u is blocked of note:n",
      "      the note has `author` for the user; the user is not `blocked` of the note",
      "      through note#reader -> note#author",
      "      rules NP3 NP1",
    ] });
  });

  test("of this package's policy: smallest first, each with a sentence and its rules", async () => {
    const { lines } = await run("ways", "note#can_read", "--json");
    const [{ ways }] = JSON.parse(lines.join("\n")) as
      [{ ways: { tuples: string[]; says: string; rules: string[] }[] }];
    const sizes = ways.map(({ tuples }) => tuples.length);
    expect([ways.length, sizes]).toEqual([23, sizes.toSorted((a, b) => a - b)]);
    expect(ways[0]).toMatchObject({ says: "the user wrote the note; the user is an active member of the note's org" });
    expect(ways.filter(({ says, rules }) => says.includes("` for ") || rules.length === 0)).toEqual([]);
  });

  test("without a relation, prints the number of ways of each", async () => {
    const { lines } = await run("ways", "--model", file("before.fga"));
    expect(lines).toEqual(["note#author: 1 way", "note#blocked: 1 way", "note#open: 1 way", "note#reader: 1 way",
      "note#guest: 2 ways"]);
  });

  test("as JSON", async () => {
    const { lines } = await run("ways", "note", "--json", "--model", file("before.fga"));
    const found = JSON.parse(lines.join("\n")) as { relation: string; bound: null; ways: { tuples: string[] }[] }[];
    expect(found.map(({ relation }) => relation)).toHaveLength(5);
    expect(found.at(-1)).toMatchObject({ relation: "note#guest", bound: null, ways: [
      { tuples: ["note:n#author@user:u"] }, { tuples: ["note:n#open@user:* with soon"] }] });
  });

  test("of an unknown relation: wrong usage", async () => {
    const args = ["ways", "note#writer", "--model", file("before.fga")];
    const unknown = { status: 2, lines: ["the model has no relation 'note#writer'"] };
    expect(await run(...args)).toEqual(unknown);
    expect(await run(...args, "--markdown")).toEqual(unknown);
  });

  test("--markdown of any model: its own name, its own words, and the chosen relations", async () => {
    const document = async (...args: readonly string[]): Promise<string> =>
      (await run("ways", ...args, "--markdown", "--model", file("before.fga"))).lines.join("\n");
    const all = await document();
    expect(all).toContain("Generated from `before.fga` by");
    expect(all).not.toMatch(/\bhat\b|note's place|an app may check/);
    expect(all.match(/^#+ .*/gm)).toEqual(["# Access: every way to every relation", "## On a note",
      "### `note#author` and 1 other", "### `note#open`", "### `note#reader`", "### `note#guest`"]);
    const one = await document("note#reader");
    expect(one.split("### ")[1]).toBe("`note#reader`\n\n1 way; rules NP1 NP3.\n\n"
      + "- the note has `author` for the user; the user is not `blocked` of the note.");
    expect(await document("note")).toBe(all);
  });

  test("--markdown of this package's policy: the relations that an app may check, in the policy's words", async () => {
    const { lines } = await run("ways", "note#can_edit", "--markdown");
    expect(lines.filter((line) => line.startsWith("#")).slice(1)).toEqual(["## On a note", "### `note#can_edit`"]);
    expect(lines.at(-1)).toBe("- the user wrote the note; the user is an active member of the note's org.");
    const whole = (await run("ways", "note", "--markdown")).lines.join("\n");
    expect(whole).toContain("for each relation that an app may check");
    expect([whole.includes("can_read"), whole.includes("#row_reader")]).toEqual([true, false]);
    const inner = (await run("ways", "note#row_reader", "--markdown")).lines.join("\n");
    expect(inner).toContain("### `note#row_reader`");
    expect(inner).toContain("It lists, for each relation, every way to it.");
  });
});

describe("diff", () => {
  test("equal models: status 0", async () => {
    const { status, lines } = await run("diff", file("before.fga"), file("before.fga"));
    expect([status, lines.at(-1)]).toEqual([0, "equal for every set of tuples"]);
  });

  test("a gain: status 1, also where losses are allowed, with a smallest example", async () => {
    const args = ["diff", file("before.fga"), file("after.fga")];
    expect(await run(...args)).toEqual({ status: 1, lines: [
      "/before.fga -> /after.fga: 5 relations, 1 touched, 1 with other answers",
      "note#reader gains answers by 1 way; the smallest example, user:u reader note:n:",
      "    note:n#author@user:u",
      "    note:n#blocked@user:u",
    ] });
    expect((await run(...args, "--allow-loss-only")).status).toBe(1);
    expect((await run("diff", file("after.fga"), file("before.fga"), "--allow-loss-only")).status).toBe(0);
    expect((await run("diff", file("after.fga"), file("before.fga"))).status).toBe(1);
  });

  test("as a story, with a context that meets the condition", async () => {
    const { lines } = await run("diff", file("before.fga"), file("narrower.fga"), "--story");
    expect(lines).toEqual([
      "# /before.fga answers yes, /narrower.fga answers no.",
      'name: "note#guest differs"', 'model_file: "/before.fga"', "tests:",
      '  - name: "note#guest by /before.fga"', "    tuples:",
      '      - { user: user:*, relation: open, object: note:n, condition: {"name":"soon","context":{"x":0}} }',
      "    check:", "      - { user: user:u, object: note:n, assertions: { guest: true } }",
    ]);
  });

  test("as JSON", async () => {
    const { lines } = await run("diff", file("before.fga"), file("after.fga"), "--json");
    expect(JSON.parse(lines.join("\n"))).toMatchObject({ relations: 5, touched: 1, changed: 1,
      changes: [{ relation: "note#reader", gain: { outcome: "found", ways: 1 }, loss: { outcome: "none" } }] });
  });

  test("on the tuples of a store file: who gains, by name", async () => {
    expect(await run("diff", file("before.fga"), file("after.fga"), "--store", file("store.fga.yaml"))).toEqual({
      status: 1, lines: [
        "/before.fga -> /after.fga on 3 tuples: 1 answer gained, 0 lost",
        "note#reader: 1 gained, 0 lost", "  + user:ann note:1",
      ] });
    const back = await run("diff", file("after.fga"), file("before.fga"), "--store", file("store.fga.yaml"),
      "--allow-loss-only");
    expect([back.status, back.lines.at(-1)]).toEqual([0, "  - user:ann note:1"]);
  });

  test("on the tuples of the files that a store file names", async () => {
    writeFileSync(file("one.yaml"), store.slice(store.indexOf("\n") + 1));
    writeFileSync(file("two.csv"), "user_type,user_id,user_relation,relation,object_type,object_id\n"
      + "user,cy,,author,note,3\nuser,cy,,blocked,note,3\n");
    writeFileSync(file("named.fga.yaml"), "tuple_file: one.yaml\ntuple_files: [two.csv]\n");
    const { lines } = await run("diff", file("before.fga"), file("after.fga"), "--store", file("named.fga.yaml"));
    expect(lines.slice(1)).toEqual(["note#reader: 2 gained, 0 lost", "  + user:ann note:1", "  + user:cy note:3"]);
  });

  test("on an embedded store", async () => {
    const data = file("data");
    const opened = openEmbeddedStore(data);
    await opened.apply([{ deletes: [], writes: [{ user: "user:ann", relation: "author", object: "note:1" },
      { user: "user:ann", relation: "blocked", object: "note:1" }] }]);
    await opened.close();
    const { lines } = await run("diff", file("before.fga"), file("after.fga"), "--data", data);
    expect(lines.at(-1)).toBe("  + user:ann note:1");
    const missing = run("diff", file("before.fga"), file("after.fga"), "--data", file("none"));
    await expect(missing).rejects.toThrow("no store");
  });
});

describe("prove", () => {
  test("proved claims: status 0", async () => {
    expect(await run("prove", "--model", file("before.fga"))).toEqual({
      status: 0, lines: ["2 claims: 2 proved, 0 refuted, 0 undecided"] });
    const { lines } = await run("prove", "--model", file("before.fga"), "--all");
    expect(lines[0]).toBe("proved    readers (NP1; 1 question, 1 way)");
  });

  test("a refuted claim: status 1, with a counterexample", async () => {
    const args = ["prove", "--model", file("after.fga"), "--claims", file("before.claims.yaml")];
    expect(await run(...args)).toEqual({ status: 1, lines: [
      "refuted   blocked (NP3; 1 question, 1 way)", "    Nobody reads who is blocked.",
      "    user:u reader note:n is yes with these tuples:", "      note:n#author@user:u", "      note:n#blocked@user:u",
      "2 claims: 1 proved, 1 refuted, 0 undecided",
    ] });
    const story = await run(...args, "--story");
    expect(story.lines[0]).toBe("# A counterexample: the claim 'blocked' is false.");
    expect(story.lines).toContain("      - { user: user:u, object: note:n, assertions: { reader: true } }");
    const json = JSON.parse((await run(...args, "--json")).lines.join("\n")) as object[];
    expect(json[1]).toMatchObject({ id: "blocked", verdict: "refuted", example: { relation: "note#reader" } });
  });

  test("by default, this package's policy and its claims", async () => {
    const { status, lines } = await run("prove");
    expect([status, lines.length]).toEqual([0, 1]);
    const source = readFileSync(new URL("../../src/cli/policy-commands.ts", import.meta.url), "utf8");
    expect(source, "the example in the help").toContain(`# ${lines[0]}`);
  });
});

describe("a recursion deeper than the search looks", () => {
  const recursive = (viewer: string): string => `model
  schema 1.1
type user
type doc
  relations
    define parent: [doc]
    define owner: [user]
    define v3: owner
    define v2: owner or v3 from parent
    define v1: owner or v2 from parent
    define viewer: ${viewer}
`;
  const chain = `tuples:
  - { user: user:ann, relation: owner, object: doc:5 }
${[1, 2, 3, 4].map((n) => `  - { user: doc:${n + 1}, relation: parent, object: doc:${n} }`).join("\n")}
`;
  beforeAll(() => {
    writeFileSync(file("flat.fga"), recursive("owner or v1 from parent"));
    writeFileSync(file("deep.fga"), recursive("owner or viewer from parent"));
    writeFileSync(file("chain.fga.yaml"), chain);
  });

  test("is not let pass by the gate, and the output names the bound", async () => {
    const { status, lines } = await run("diff", file("flat.fga"), file("deep.fga"), "--allow-loss-only");
    expect(status).toBe(1);
    expect(lines.join("\n")).toMatch(/up to \d+|\d+ passes/);
  });

  test("is found on the tuples of a store, in both directions", async () => {
    for (const [from, to, sign] of [["flat.fga", "deep.fga", "+"], ["deep.fga", "flat.fga", "-"]] as const) {
      const { status, lines } = await run("diff", file(from), file(to), "--store", file("chain.fga.yaml"));
      expect(status).toBe(1);
      expect(lines).toContain(`  ${sign} user:ann doc:1`);
    }
  });
});

test.each([[["show"]], [["diff", "a"]], [["ways", "a", "b"]], [["prove", "--none"]],
  [["ways", "--json", "--markdown"]],
  [["diff", "a", "b", "--data", "x", "--store", "y"]]])("%j is wrong usage", async (args) => {
  const fault = await parsed(args).catch((error: unknown) => error);
  expect(fault instanceof UsageError || fault instanceof CommanderError).toBe(true);
});

test("the built command line runs them: status 0, 1, 2 and 3", () => {
  const command = buildCommand();
  try {
    const statuses = [
      ["ways", "note#can_read"], ["diff", file("before.fga"), file("after.fga")], ["show"], ["ways", "--model", "none"],
    ].map((args) => command.run("policy", ...args).code);
    expect(statuses).toEqual([0, 1, 2, 3]);
  } finally {
    command.remove();
  }
});
