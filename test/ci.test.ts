// Around the tests: the last line of .ci/run, the build after an install, and that CI skips nothing.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SEARCHES } from "../scripts/at-once.mjs";
import { whatIsMissing } from "./live/global-setup.ts";
import { ROOT } from "./live/pins.ts";
import { mustNotSkip, reasonToSkip } from "./live/required.ts";

const folder = mkdtempSync(join(tmpdir(), "sideline-ci-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the counter over a report of vitest's form. Returns its lines, the last one first, and its exit status. */
function lines(report: object | string, vitestStatus: number): [string[], number | null] {
  const path = join(folder, "report.json");
  writeFileSync(path, typeof report === "string" ? report : JSON.stringify(report));
  const args = [join(ROOT, ".ci/count.mjs"), path, String(vitestStatus)];
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  return [run.stdout.trimEnd().split("\n").reverse(), run.status];
}

/** The last line and the exit status. */
function count(report: object | string, vitestStatus: number): [string | undefined, number | null] {
  const [[last], status] = lines(report, vitestStatus);
  return [last, status];
}

const report = (passed: number, failed: number, files: object[] = []): object =>
  ({ numPassedTests: passed, numFailedTests: failed, testResults: files });

describe("the last line of .ci/run", () => {
  test("all passed: exit 0", () => expect(count(report(3, 0), 0)).toEqual(["3 passed, 0 failed", 0]));
  test("one failed: exit 1", () => expect(count(report(3, 1), 1)).toEqual(["3 passed, 1 failed", 1]));
  test("no test ran: exit 1", () => expect(count(report(0, 0), 0)).toEqual(["0 passed, 1 failed", 1]));
  test("vitest failed without a failed test: exit 1", () => {
    expect(count(report(3, 0), 1)).toEqual(["3 passed, 1 failed", 1]);
  });
  test("a file that could not be loaded is a failure", () => {
    const files = [{ status: "failed", assertionResults: [] }, { status: "failed", assertionResults: [] }];
    expect(count(report(3, 0, files), 1)).toEqual(["3 passed, 2 failed", 1]);
  });
  test("skipped tests are counted and named", () => {
    const statuses = ["passed", "skipped", "pending", "todo"];
    const assertionResults = statuses.map((status) => ({ status, fullName: `a test ${status}` }));
    const files = [{ name: join(ROOT, "test/a.test.ts"), status: "passed", assertionResults }];
    const named = ["todo", "pending", "skipped"].map((status) => `skipped: test/a.test.ts > a test ${status}`);
    const told = ["1 passed, 0 failed, 3 skipped", ...named];
    expect(lines(report(1, 0, files), 0)).toEqual([told, 0]);
  });
  test("no report: exit 1", () => expect(count("", 1)).toEqual(["0 passed, 1 failed", 1]));
  test("the script ends with the counter and stops at the first broken step", () => {
    const script = readFileSync(join(ROOT, ".ci/run"), "utf8").trimEnd().split("\n");
    expect(script.at(-1)).toContain(".ci/count.mjs");
    const steps = script.filter((line) => /^npm (?:ci|run)/.test(line));
    expect(steps.map((line) => line.includes("|| give_up"))).toEqual([true, true]);
  });
});

describe("the build after an install", () => {
  test("leaves a production install, which has no TypeScript, unchanged", () => {
    const project = join(folder, "production");
    mkdirSync(project);
    cpSync(join(ROOT, "scripts"), join(project, "scripts"), { recursive: true });
    const run = spawnSync(process.execPath, ["scripts/prepare.mjs"], { cwd: project, encoding: "utf8" });
    expect([run.status, run.stdout]).toEqual([0, "sideline: TypeScript is not installed, dist/ is left as it is\n"]);
  });
  test("generates sources, keeps the policy, removes stale output, fails if a source does not compile", () => {
    const project = join(folder, "development");
    for (const part of ["scripts", "tsconfig.json", "tsconfig.build.json", "package.json"]) {
      cpSync(join(ROOT, part), join(project, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
    for (const part of ["checks", "policy"]) mkdirSync(join(project, "src", part), { recursive: true });
    const search = "// A search.\nexport function* search() {\n  yield;\n}\n";
    for (const name of SEARCHES) writeFileSync(join(project, `src/checks/${name}.ts`), search);
    mkdirSync(join(project, "dist"));
    writeFileSync(join(project, "dist/gone.js"), "");
    writeFileSync(join(project, "src/a.ts"), "export const a: number = 1;\n");
    writeFileSync(join(project, "model.fga"), "type user");
    const keep = "export const keepPolicy = (text: string): string => `${text}!`;\n";
    writeFileSync(join(project, "src/policy/precompile.ts"), keep);
    const build = (): number | null => spawnSync(process.execPath, ["scripts/prepare.mjs"], { cwd: project }).status;
    expect(build()).toBe(0);
    expect(readFileSync(join(project, "dist/a.js"), "utf8")).toContain("export const a = 1;");
    expect(() => readFileSync(join(project, "dist/gone.js"))).toThrow();
    const generated = readFileSync(join(project, "dist/checks/bulk-check-at-once.js"), "utf8");
    expect(generated).toContain("export function search() {\n}");
    expect(readFileSync(join(project, "dist/model.json"), "utf8")).toBe("type user!");
    writeFileSync(join(project, "src/a.ts"), 'export const a: number = "1";\n');
    expect(build()).not.toBe(0);
  });
});

describe("missing requirements of the machine", () => {
  const found = { docker: false, binary: "/bin/openfga" };
  test("are reported in one line that says what to install", () => {
    expect(whatIsMissing(found, { path: "/bin/fga" })).toBeUndefined();
    expect(whatIsMissing({ docker: true, missing: "no Go" }, { path: "/bin/fga" })).toBeUndefined();
    expect(whatIsMissing({ docker: false, missing: "no Go" }, { path: "/bin/fga" })).toMatch(/SKIPPED: no Go.*Install/);
    expect(whatIsMissing(found, { missing: "no fga" })).toMatch(/SKIPPED: no fga/);
  });
  test("are a failure only under CI", () => {
    expect(["true", "1", "yes"].map(mustNotSkip)).toEqual([true, true, true]);
    expect([undefined, "", "0", "false"].map(mustNotSkip)).toEqual([false, false, false, false]);
    expect(reasonToSkip("no strace", "")).toBe("no strace");
    expect(() => reasonToSkip("no strace", "true")).toThrow("CI is set, so nothing may be skipped, but no strace");
    expect(reasonToSkip(undefined, "true")).toBeUndefined();
  });
  test("skip tests in only one way, which throws in CI", () => {
    const sources = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !["ci.test.ts", "live/required.ts"].includes(path))
      .map((path) => [path, readFileSync(join(ROOT, "test", path), "utf8")] as const);
    expect(sources.filter(([, text]) => /env(?:\["|\.)CI\b/.test(text)).map(([path]) => path)).toEqual([]);
    const asking = sources.filter(([, text]) => text.includes("reasonToSkip(")).map(([path]) => path).sort();
    expect(asking).toEqual(["embedded/durability.test.ts", "http/schemathesis.test.ts", "live/chromium.ts",
      "live/global-setup.ts", "live/openfga.ts", "live/postgres.ts", "openfga-suite/suite.ts", "process/folder.test.ts",
      "process/installed-package.test.ts", "sdk/sdks.test.ts"]);
  });
  test("are installed by .ci/run: Postgres, strace and Chromium", () => {
    const script = readFileSync(join(ROOT, ".ci/run"), "utf8");
    expect([...script.matchAll(/\|\| missing\+=\((\w+)\)/g)].map(([, name]) => name))
      .toEqual(["postgresql", "strace", "chromium"]);
    expect(script).toContain('apt-get install -y --no-install-recommends "${missing[@]}"');
  });
});
