// The policy commands of the packed package: on models of other programs, and as the steps of a GitHub workflow.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { PolicyCommand } from "../../src/cli/policy-command.ts";
import type { Output } from "../../src/cli/policy-output.ts";
import { packSideline } from "../example-apps/packed.ts";
import { ROOT } from "../live/pins.ts";
import { POLICY } from "../world/policy.ts";
import { STRANGER_MODELS } from "./stranger-models.ts";

const root = mkdtempSync(join(tmpdir(), "sideline-packed-policy-"));
const program = join(root, "package/dist/cli/sideline.js");
beforeAll(() => {
  execFileSync("tar", ["-xzf", packSideline(root), "-C", root]);
  symlinkSync(join(ROOT, "node_modules"), join(root, "package/node_modules"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Run = (command: PolicyCommand) => Promise<Output>;

/** The packed program's own code for a command, without the start of a process for each. */
let run: Run;
beforeAll(async () => {
  ({ runPolicy: run } = await import(join(root, "package/dist/cli/policy-command.js")) as { runPolicy: Run });
});

const BOUND = "up to 3 passes through a recursive definition";

describe.each(STRANGER_MODELS)("$name", ({ files, edit: [from, to, gains], isRecursive, holds, fails }) => {
  const [main = ""] = Object.keys(files);
  let before: string;
  let after: string;
  beforeAll(() => {
    [before, after] = ["before", "after"].map((name) => mkdtempSync(join(root, `${name}-`))) as [string, string];
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(before, name), text);
      writeFileSync(join(after, name), text.replace(from, to));
    }
    const says = { rules: "R1", says: "It holds." };
    const claims = [{ id: "true", ...says, ...holds }, { id: "false", ...says, ...fails }];
    const name = `${main.replace(/(\.fga|\.mod)(\.yaml)?$/, "")}.claims.yaml`;
    writeFileSync(join(before, name), JSON.stringify({ claims }));
  });

  test("ways: each relation has some, and a recursive one says how deep they go", async () => {
    const printed = spawnSync(process.execPath, [program, "policy", "ways", "--model", main],
      { cwd: before, encoding: "utf8" });
    expect([printed.status, printed.stderr, printed.stdout.match(/: 0 ways/)]).toEqual([0, "", null]);
    expect(printed.stdout.includes(BOUND)).toBe(isRecursive);
    const ways = { command: "ways", model: join(before, main), relation: gains, json: false, markdown: true } as const;
    const { status, text } = await run(ways);
    expect([status, text.includes(`### \`${gains}\``)]).toEqual([0, true]);
    const plain = await run({ ...ways, markdown: false });
    expect(text.includes("deeper than 3 passes")).toBe(plain.text.includes(BOUND));
  });

  test("diff: equal to itself; an edit gains, with an example; the reverse loses", async () => {
    const [old, fresh] = [join(before, main), join(after, main)];
    const both = { command: "diff", before: old, after: fresh } as const;
    const diff = { ...both, allowLossOnly: true, story: false, json: false };
    const same = await run({ ...diff, after: old });
    expect([same.status, same.text]).toEqual([0, expect.stringContaining("equal for every set of tuples")]);
    const wider = await run(diff);
    expect([wider.status, wider.text]).toEqual([1, expect.stringContaining(`${gains} gains answers`)]);
    const story = parse((await run({ ...diff, story: true })).text) as unknown;
    const assertions = { [gains.replace(/.*#/, "")]: true };
    expect(story).toMatchObject({ tests: [{ check: [{ assertions }] }] });
    const back = await run({ ...diff, before: fresh, after: old });
    expect(back.text).toContain(`${gains} loses answers`);
    expect(back.text).not.toContain(" gains ");
    // Where the recursion has a bound, the gate cannot say that nobody gains.
    expect(back.status).toBe(back.text.includes(BOUND) ? 1 : 0);
  });

  test("prove: one claim holds, and the other has a counterexample", async () => {
    const prove = { command: "prove", model: join(before, main), all: false, story: false, json: false } as const;
    const { status, text } = await run(prove);
    expect([status, text]).toEqual([1, expect.stringContaining("2 claims: 1 proved, 1 refuted, 0 undecided")]);
    expect(text).toMatch(/^refuted +false /m);
    const story = parse((await run({ ...prove, story: true })).text) as { tests: { tuples: object[] }[] };
    expect(story.tests[0]!.tuples.length).toBeGreaterThan(0);
  });
});

describe("the workflow for pull requests", () => {
  interface Step {
    readonly name?: string;
    readonly run?: string;
    readonly if?: string;
    readonly "continue-on-error"?: boolean;
  }
  const workflow = parse(readFileSync(join(ROOT, "docs/policy-workflow.yml"), "utf8")) as {
    readonly on: { readonly pull_request: { readonly paths: readonly string[]; readonly types: readonly string[] } };
    readonly jobs: {
      readonly policy: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
    };
    readonly defaults: { readonly run: { readonly shell: string } };
  };
  const { env, steps } = workflow.jobs.policy;
  const repository = join(root, "repository");
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  const git = (...args: readonly string[]): string =>
    execFileSync("git", [...author, ...args], { cwd: repository, encoding: "utf8" }).trim();
  let base: string;

  beforeAll(() => {
    mkdirSync(repository);
    git("init", "--quiet");
    writeFileSync(join(repository, "model.fga"), POLICY);
    cpSync(join(ROOT, "model.claims.yaml"), join(repository, "model.claims.yaml"));
    writeFileSync(join(repository, ".gitignore"), "node_modules\n");
    git("add", "-A");
    git("commit", "--quiet", "-m", "The model");
    base = git("rev-parse", "HEAD");
    // The installation, which the step `npm ci` does from a registry.
    mkdirSync(join(repository, "node_modules/.bin"), { recursive: true });
    symlinkSync(join(root, "package"), join(repository, "node_modules/sideline"));
    symlinkSync("../sideline/dist/cli/sideline.js", join(repository, "node_modules/.bin/sideline"));
    chmodSync(program, 0o755);
  });

  /** Runs the steps as a runner does, on a commit with this model. Returns the names of those that failed. */
  function failing(model: string, labels: readonly string[] = []): { failed: string[]; text: string } {
    git("checkout", "--quiet", "-B", "change", base);
    writeFileSync(join(repository, "model.fga"), model);
    git("commit", "--quiet", "--allow-empty", "-a", "-m", "A change");
    const temp = mkdtempSync(join(root, "runner-"));
    const summary = join(temp, "summary.md");
    const values = { ...env, BASE: base, RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: summary };
    const failed: string[] = [];
    let text = "";
    for (const { name = "", run, if: condition, "continue-on-error": mayFail } of steps) {
      if (run === undefined || run === "npm ci") continue;
      if (condition !== undefined && !isMet(condition, labels)) continue;
      const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
        cwd: repository, encoding: "utf8", env: { ...process.env, ...values },
      });
      text += stdout + stderr;
      if (status !== 0 && mayFail !== true) failed.push(name);
      if (failed.length > 0) break;
    }
    return { failed, text };
  }

  function isMet(condition: string, labels: readonly string[]): boolean {
    const [, label] = /^\$\{\{ !contains\(github\.event\.pull_request\.labels\.\*\.name, '([\w-]+)'\) \}\}$/
      .exec(condition) ?? [];
    expect(label, condition).toBeDefined();
    return !labels.includes(label!);
  }

  test("is a workflow about the model, by the shell that fails with any part of a pipe", () => {
    expect(workflow.on.pull_request.paths).toContain(env["MODEL"]);
    expect(workflow.on.pull_request.types).toEqual(expect.arrayContaining(["opened", "synchronize", "labeled"]));
    expect([workflow.defaults.run.shell, env["BASE"]]).toEqual(["bash", "${{ github.event.pull_request.base.sha }}"]);
    expect(steps.filter(({ run }) => run?.includes("sideline") === true)).toHaveLength(3);
  });

  const creator = "define active_creator: creator and staff from org";
  const narrower = POLICY.replaceAll(creator, "define active_creator: creator and admin from org");
  const wider = POLICY.replace("define can_edit: active_creator or drill", "define can_edit: creator or drill");

  test("comments and losses pass", () => {
    expect(failing(`# A comment.\n${POLICY}`).failed).toEqual([]);
    const { failed, text } = failing(narrower);
    expect([failed, text]).toEqual([[], expect.stringContaining("drill#can_edit loses answers")]);
  });

  test("a gain fails, with an example, unless a label lets it pass", () => {
    // No claim is about the seeded Coach of a program in this level.
    const gains = POLICY.replace("define roster_generate_role: [role#holder] or full_role",
      "define roster_generate_role: [role#holder] or full_role or program_coach_role");
    const { failed, text } = failing(gains);
    expect([failed, text]).toEqual([["Nobody gains"], expect.stringContaining("org#roster_generate gains answers")]);
    expect(failing(gains, ["access-gain"]).failed).toEqual([]);
  });

  test("a broken claim fails whatever the label", () => {
    expect(failing(wider, ["access-gain"])).toEqual({ failed: ["The claims hold"],
      text: expect.stringContaining("refuted   library-editors") });
  });
});
