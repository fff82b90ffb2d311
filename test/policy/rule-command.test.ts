// `npm run rule`: prints a rule and runs its proofs; its exit status says whether all of them pass.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../live/pins.ts";

/** Runs the command in a folder, without what this test's own run sets. */
function run(cwd: string, ...args: string[]): { status: number | null; out: string; err: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_|TEST$)/.test(name)));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(cwd, "scripts/rule.mjs"), ...args],
    { cwd, encoding: "utf8", env: { ...env, NO_COLOR: "1" } });
  return { status, out: stdout, err: stderr };
}

test("S10: prints the rule, and runs the story and the tests that prove it", () => {
  const { status, out, err } = run(ROOT, "s10");
  expect(status, `${out}${err}`).toBe(0);
  expect(out).toContain("**S10** PM10 and AC3 against PR2");
  expect(out).toContain("S10 AC1 AC3 an assistant on a team has keys on the team's players");
  expect(out).toContain("AC3 an assistant adds no athlete; S10 in a program the Coach role does");
  expect(out).toMatch(/^S10: \d+ tests passed$/m);
});

test.each([
  ["NP66", "NP66 is not a rule of docs/rules.md. Did you mean NP6?"],
  ["AC9", "AC9 is not a rule of docs/rules.md. Did you mean AC1, AC2, AC3, AC4, AC5, AC6?"],
  ["PM99", "PM99 is not a rule of docs/rules.md. Did you mean PM9?"],
])("%s: is no rule, and the near ones are listed", (asked, message) => {
  const { status, out, err } = run(ROOT, asked);
  expect([status, out, err.trim()]).toEqual([1, "", message]);
});

test("without a number it lists the rules", () => {
  const { status, err } = run(ROOT);
  expect(status).toBe(1);
  expect(err).toMatch(/takes a rule of docs\/rules\.md\. Did you mean AC1, AC2, .*, S22\?/);
});

describe("in a project with one rule", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sideline-rule-test-"));
    for (const path of ["docs", "scripts", "test/policy", "test/events"]) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    cpSync(join(ROOT, "scripts/rule.mjs"), join(folder, "scripts/rule.mjs"));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "vitest.config.mjs"), "export default { test: { include: ['test/**/*.test.ts'] } };\n");
    writeFileSync(join(folder, "docs/rules.md"),
      "**S2** One.\\\n*Enforced by:* `a`.\\\n*Proved by:* `one`, `test/events/named.test.ts`.\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes the story's test, the named file's and another one's, each passing or not, and runs the command. */
  const prove = (story: string, named: boolean, other: boolean): ReturnType<typeof run> => {
    const file = (title: string, passes: boolean): string =>
      `import { expect, test } from "vitest";\ntest("${title}", () => expect(${passes}).toBe(true));\n`;
    writeFileSync(join(folder, "test/policy/stories.test.ts"), file(story, true));
    writeFileSync(join(folder, "test/events/named.test.ts"), file("without a number", named));
    writeFileSync(join(folder, "test/events/other.test.ts"), file("S2 by number", other) + file("S22", false)
      .split("\n")[1]);
    return run(folder, "S2");
  };

  test("passing proofs are status 0; a failing test of another rule does not count", () => {
    const { status, out, err } = prove("tuples/one.fga.yaml S2 x", true, true);
    expect(status, `${out}${err}`).toBe(0);
    expect(out).toContain("S2: 3 tests passed");
  });

  test("a failing test that the entry names, or that has the number, is status 1", () => {
    expect(prove("tuples/one.fga.yaml S2 x", false, true)).toMatchObject({ status: 1 });
    const { status, err } = prove("tuples/one.fga.yaml S2 x", true, false);
    expect(status).toBe(1);
    expect(err).toContain("S2: a test failed");
  });

  test("a story that runs no test of the rule is status 1", () => {
    const { status, err } = prove("tuples/two.fga.yaml S2 x", true, true);
    expect(status).toBe(1);
    expect(err).toContain("S2: no test of the story one passed");
  });
});
