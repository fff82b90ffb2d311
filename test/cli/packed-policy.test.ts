// The policy commands of the packed package: on models of other programs, and as the steps of a GitHub workflow.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { PolicyCommand } from "../../src/cli/policy-command.ts";
import type { Output } from "../../src/cli/policy-output.ts";
import { compileModel } from "../../src/engine.ts";
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

const CLAIMS = readFileSync(join(ROOT, "model.claims.yaml"), "utf8");

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
  /** A pull request's event, with the label that it adds or removes. */
  interface Event {
    readonly action: "synchronize" | "labeled" | "unlabeled";
    readonly label?: string;
  }
  const workflow = parse(readFileSync(join(ROOT, "docs/policy-workflow.yml"), "utf8")) as {
    readonly on: { readonly pull_request: { readonly paths: readonly string[]; readonly types: readonly string[] } };
    readonly jobs: {
      readonly policy: { readonly env: Readonly<Record<string, string>>; readonly steps: readonly Step[] };
    };
    readonly defaults: { readonly run: { readonly shell: string } };
  };
  const { env, steps } = workflow.jobs.policy;
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];

  type Files = Readonly<Record<string, string>>;

  /** A repository whose target branch has these files, the first of which is the model. */
  class Repository {
    readonly #folder = mkdtempSync(join(root, "repository-"));
    readonly #env: Readonly<Record<string, string>>;

    constructor(files: Files, claims: string) {
      this.#git("init", "--quiet");
      this.#commit({ ...files, ".gitignore": "node_modules\n" });
      // The installation, which the step `npm ci` does from a registry.
      mkdirSync(join(this.#folder, "node_modules/.bin"), { recursive: true });
      symlinkSync(join(root, "package"), join(this.#folder, "node_modules/sideline"));
      symlinkSync("../sideline/dist/cli/sideline.js", join(this.#folder, "node_modules/.bin/sideline"));
      chmodSync(program, 0o755);
      this.#env = { ...env, MODEL: Object.keys(files)[0]!, CLAIMS: claims, BASE: this.#git("rev-parse", "HEAD") };
    }

    #git(...args: readonly string[]): string {
      return execFileSync("git", [...author, ...args], { cwd: this.#folder, encoding: "utf8" }).trim();
    }

    #commit(files: Files): void {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
      this.#git("add", "-A");
      this.#git("commit", "--quiet", "--allow-empty", "-m", "A change");
    }

    /** Runs the steps as a runner does, on a commit with these files. Returns the names of those that failed. */
    failing(files: Files, event: Event = { action: "synchronize" }): { failed: string[]; text: string } {
      this.#git("checkout", "--quiet", "-B", "change", this.#env["BASE"]!);
      this.#commit(files);
      const temp = mkdtempSync(join(root, "runner-"));
      const values = { ...this.#env, RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: join(temp, "summary.md") };
      const failed: string[] = [];
      let text = "";
      for (const { name = "", run, if: condition, "continue-on-error": mayFail } of steps) {
        if (run === undefined || run === "npm ci") continue;
        if (condition !== undefined && !isMet(condition, event)) continue;
        const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
          cwd: this.#folder, encoding: "utf8", env: { ...process.env, ...values },
        });
        text += stdout + stderr;
        if (status !== 0 && mayFail !== true) failed.push(name);
        if (failed.length > 0) break;
      }
      return { failed, text };
    }
  }

  function isMet(condition: string, { action, label }: Event): boolean {
    const [, named, wanted] = /^github\.event\.action != '(\w+)' \|\| github\.event\.label\.name != '([\w-]+)'$/
      .exec(condition) ?? [];
    expect([named, wanted], condition).not.toContain(undefined);
    return action !== named || label !== wanted;
  }

  let repository: Repository;
  beforeAll(() => {
    repository = new Repository({ "model.fga": POLICY, "model.claims.yaml": CLAIMS }, env["CLAIMS"]!);
  });
  const failing = (model: string, event?: Event): { failed: string[]; text: string } =>
    repository.failing({ "model.fga": model }, event);

  test("is a workflow about the model, by the shell that fails with any part of a pipe", () => {
    expect(workflow.on.pull_request.paths).toEqual(expect.arrayContaining([env["MODEL"], env["CLAIMS"]]));
    expect(workflow.on.pull_request.types).toEqual(expect.arrayContaining(["opened", "synchronize", "labeled"]));
    expect([workflow.defaults.run.shell, env["BASE"]]).toEqual(["bash", "${{ github.event.pull_request.base.sha }}"]);
    expect(steps.filter(({ run }) => run?.includes("sideline") === true)).toHaveLength(4);
  });

  const creator = "define active_creator: creator and staff from org";
  const narrower = POLICY.replaceAll(creator, "define active_creator: creator and admin from org");
  const wider = POLICY.replace("define can_edit: active_creator or drill", "define can_edit: creator or drill");

  test("comments and losses pass", () => {
    expect(failing(`# A comment.\n${POLICY}`).failed).toEqual([]);
    const { failed, text } = failing(narrower);
    expect([failed, text]).toEqual([[], expect.stringContaining("drill#can_edit loses answers")]);
  });

  // No claim is about the seeded Coach of a program in this level.
  const gains = POLICY.replace("define roster_generate_role: [role#holder] or full_role",
    "define roster_generate_role: [role#holder] or full_role or program_coach_role");

  test("a gain fails, with an example, but in the run that adds the label", () => {
    const { failed, text } = failing(gains);
    expect([failed, text]).toEqual([["Nobody gains"], expect.stringContaining("org#roster_generate gains answers")]);
    expect(failing(gains, { action: "labeled", label: "access-gain" }).failed).toEqual([]);
  });

  test("a later push, another label or the label's removal does not let a gain pass", () => {
    const gate = steps.find(({ name }) => name === "Nobody gains")?.if ?? "";
    const added: Event = { action: "labeled", label: "access-gain" };
    const later: readonly Event[] =
      [{ action: "synchronize" }, { ...added, label: "other" }, { ...added, action: "unlabeled" }];
    expect([added, ...later].map((event) => isMet(gate, event))).toEqual([false, true, true, true]);
  });

  test("a broken claim fails whatever the label", () => {
    expect(failing(wider, { action: "labeled", label: "access-gain" })).toEqual({ failed: ["The claims hold"],
      text: expect.stringContaining("refuted   library-editors") });
  });

  test("a change cannot delete the claims that it breaks; a change of the claims alone can", () => {
    const { claims, ...others } = parse(CLAIMS) as { claims: { id: string }[] };
    const kept = claims.filter(({ id }) => !id.startsWith("library-"));
    const fewer = { "model.claims.yaml": JSON.stringify({ ...others, claims: kept }) };
    const { failed, text } = repository.failing({ ...fewer, "model.fga": wider },
      { action: "labeled", label: "access-gain" });
    const counted = `^${kept.length} claims: ${kept.length} proved.*refuted {3}library-editors`;
    expect([failed, text]).toEqual([["The claims of the target branch hold"],
      expect.stringMatching(new RegExp(counted, "ms"))]);
    expect(repository.failing(fewer).failed).toEqual([]);
  });

  /** Models of other programs, each with a tuple that gives its own relation, before and after the edit. */
  const tuples = { "plans.fga": "feature:f#access@user:u", "fga.mod": "page:p#author@user:u",
    "temporary.fga.yaml": "report:r#owner@person:u" };
  const formats = Object.entries(tuples).map(([main, tuple]): readonly [string, string, Files, Files] => {
    const { files, edit: [from, to] } = STRANGER_MODELS.find((each) => Object.keys(each.files)[0] === main)!;
    const edited = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace(from, to)]));
    if (main !== "plans.fga") return [main, tuple, files, edited];
    const [before, after] = [files, edited].map((each) => JSON.stringify(compileModel(each[main]!).json));
    return ["plans.json", tuple, { "plans.json": before! }, { "plans.json": after! }];
  });

  test.each(formats)("%s: a gain fails, a loss and first claims pass", (main, tuple, narrow, wide) => {
    const claims = `${main.replace(/\..*/, "")}.claims.yaml`;
    const claim = { id: "true", rules: "R1", says: "It holds.", "whoever satisfies": tuple, has: tuple };
    const added = { [claims]: JSON.stringify({ claims: [claim] }) };
    expect(new Repository(narrow, claims).failing({ ...wide, ...added }))
      .toEqual({ failed: ["Nobody gains"], text: expect.stringContaining(" gains answers") });
    const { failed, text } = new Repository(wide, claims).failing({ ...narrow, ...added });
    expect([failed, text]).toEqual([[], expect.stringContaining(" loses answers")]);
  });
});
