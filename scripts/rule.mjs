// Prints one rule of docs/rules.md and runs its proofs: `npm run rule NP6`. The exit status is 0 if all of them pass.
//
// The proofs are the tests whose names contain the rule's number, those of the stories under tuples/ among them, and
// the whole of each test file that the rule's entry names.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/**
 * The folder of the tests of the rules' texts. They contain rule numbers as data, and one of them runs this command.
 */
const TEXTS = "test/policy/";

/**
 * Files in that folder that test each rule: the tests of its stories, and of its number at the lines that decide it.
 */
const FOR_EACH_RULE = [`${TEXTS}stories.test.ts`, `${TEXTS}rule-numbers.test.ts`];

/** The entries of the page by rule: text, stories and test files. */
function readRules() {
  const page = readFileSync(join(root, "docs/rules.md"), "utf8");
  const entries = page.split("\n\n").filter((part) => /^\*\*[A-Z]+\d+a?\*\*/.test(part));
  return new Map(entries.map((text) => {
    const proved = /\*Proved by:\*([^]*)$/.exec(text)?.[1] ?? "";
    const proofs = [...proved.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
    const rule = /^\*\*(\w+)\*\*/.exec(text)[1];
    return [rule, {
      text, stories: proofs.filter((word) => !word.includes("/")), files: proofs.filter((word) => word.includes("/")),
    }];
  }));
}

/** Rules whose number is one edit away; otherwise those with the same letters; otherwise all. */
function near(asked, rules) {
  const letters = /^[A-Za-z]*/.exec(asked)[0].toUpperCase();
  const close = rules.filter((rule) => distance(rule.toLowerCase(), asked.toLowerCase()) === 1);
  const same = rules.filter((rule) => rule.replace(/\d.*/, "") === letters);
  return close.length > 0 ? close : same.length > 0 ? same : rules;
}

/** Number of edits (insert, delete, replace one character) from one text to another. */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
  }
  return row[b.length];
}

/** Test files with the rule's number in a string, outside comments. */
function filesNaming(rule) {
  const number = new RegExp(`["'\`].*\\b${rule}\\b`);
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts")).map((path) => `test/${path}`).sort()
    .filter((path) => readFileSync(join(root, path), "utf8").split("\n")
      .some((line) => !/^\s*(?:\/\/|\/?\*)/.test(line) && number.test(line)));
}

/** Runs vitest on some files and prints its output. Returns its status and the full names of passed tests. */
function run(files, options) {
  const folder = mkdtempSync(join(tmpdir(), "sideline-rule-"));
  const report = join(folder, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`, "--hideSkippedTests"];
  const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...options, ...files],
    { cwd: root, stdio: "inherit", env: { ...process.env, [STARTED]: "1" } });
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const passed = testResults.flatMap(({ assertionResults }) => assertionResults)
      .filter((test) => test.status === "passed").map((test) => test.fullName);
    return { ok: status === 0, passed };
  } catch {
    return { ok: false, passed: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints and proves one rule. Returns the failures. */
function prove(rule, { text, stories, files }) {
  console.log(`${text.replaceAll("\\\n", "\n")}\n`);
  const named = filesNaming(rule).filter((path) => !files.includes(path) && !path.startsWith(TEXTS));
  const parts = [...FOR_EACH_RULE, ...named];
  const runs = [run(parts, ["-t", `\\b${rule}\\b`]), ...(files.length > 0 ? [run(files, [])] : [])];
  const passed = runs.flatMap((each) => each.passed);
  const silent = stories.filter((story) => !passed.some((name) => name.startsWith(`tuples/${story}.fga.yaml `)));
  console.log(`\n${rule}: ${passed.length} tests passed`);
  return [
    ...(runs.every(({ ok }) => ok) ? [] : ["a test failed"]),
    ...(passed.length > 0 ? [] : ["no test ran"]),
    ...silent.map((story) => `no test of the story ${story} passed`),
  ];
}

/** Set for the tests that this command runs: a test that ran it again would never end. */
const STARTED = "SIDELINE_RULE_STARTED";
if (process.env[STARTED] !== undefined) throw new Error("npm run rule was started by one of the tests that it runs");

const asked = process.argv[2] ?? "";
const rules = readRules();
const rule = [...rules.keys()].find((each) => each.toLowerCase() === asked.toLowerCase());
if (rule === undefined) {
  const said = asked === "" ? "npm run rule <number> takes a rule" : `${asked} is not a rule`;
  console.error(`${said} of docs/rules.md. Did you mean ${near(asked, [...rules.keys()]).join(", ")}?`);
  process.exitCode = 1;
} else {
  const faults = prove(rule, rules.get(rule));
  for (const fault of faults) console.error(`${rule}: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
