// The house rules, checked on the whole project; and each rule shown to find what it forbids.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./live/pins.ts";
import * as imports from "./tidy/imports.ts";
import { HABITS, translated } from "./tidy/language.ts";
import { projectOf, readProject, type Project } from "./tidy/project.ts";
import { brokenMentions, type Facts } from "./tidy/readme.ts";
import * as shape from "./tidy/shape.ts";

/** A rule: its title, its finder, and a tiny project (path to text) in which it finds exactly one fault. */
interface Rule {
  readonly title: string;
  readonly find: (project: Project) => string[];
  readonly bad: Readonly<Record<string, string>>;
  /** A project much like the bad one in which it finds nothing. */
  readonly good: Readonly<Record<string, string>>;
}

const asDocstring = (text: string): string => `/** ${text} */\n`;
const asDocument = (text: string): string => `# Title\n\n${text.replace(" ", "\n")}\n`;

/** Each bad example is found alone, in a docstring as in a document; no good one is. */
const LANGUAGE: readonly Rule[] = HABITS.flatMap(({ name, bad, good }) => bad.map((text) => ({
  title: `no English that reads as translated (${name})`, find: translated,
  good: Object.fromEntries(good.flatMap((right, i) =>
    [[`src/${i}.ts`, asDocstring(right)], [`docs/${i}.md`, asDocument(right)]])),
  bad: { "src/a.ts": asDocstring(text) },
})));

const lines = (n: number): string => "x();\n".repeat(n);
const body = (n: number): string => `function f() {\n${lines(n)}}\n`;
const MANIFEST =
  '{ "dependencies": { "zod": "1", "hono": "1", "@openfga/sdk": "1", "libsql": "1", "commander": "1" } }';

const RULES: readonly Rule[] = [
  { title: "a file of code has at most 300 lines", find: shape.longFiles,
    good: { "src/a.ts": lines(300), "model.fga": lines(999) }, bad: { "src/a.ts": lines(301) } },
  { title: "a line has at most 120 characters", find: shape.longLines,
    good: { "src/a.ts": `//${"x".repeat(118)}`, "README.md": `|${"x".repeat(130)}`,
      "model.fga": `    define ${"x".repeat(130)}` },
    bad: { "model.fga": `#${"x".repeat(120)}` } },
  { title: "a function has at most 70 lines", find: shape.longFunctions,
    good: { "src/a.ts": body(68), "test/a.test.ts": `describe("x", () => {\n${lines(99)}});` },
    bad: { "src/a.ts": body(69) } },
  { title: "a method has at most 70 lines", find: shape.longFunctions,
    good: { "src/a.ts": `class A {\nf() {\n${lines(68)}}\n}` },
    bad: { "src/a.ts": `class A {\nf() {\n${lines(69)}}\n}` } },
  { title: "the first line says what the file is", find: shape.noFirstLine,
    good: { "src/a.ts": "// What this is.\n", ".ci/run": "#!/bin/sh\n# What this is.\n" },
    bad: { "src/a.ts": "x();\n" } },
  { title: "an exported function has a docstring", find: shape.noDocstring,
    good: { "src/a.ts": "/** Both. */\nexport const x = () => 1;\nexport const y = () => 2;\n" },
    bad: { "src/a.ts": "/** Of N. */\nexport const N = 1;\n\nexport const x = () => 1;" } },
  { title: "files are named for concepts", find: shape.emptyNames,
    good: { "src/http/problem.ts": "" }, bad: { "src/http/string-utils.ts": "" } },
  { title: "no two files of src share a name", find: shape.sharedNames,
    good: { "src/http/a-route.ts": "", "src/cli/a-command.ts": "", "test/http/a-route.ts": "" },
    bad: { "src/http/a.ts": "", "src/cli/a.ts": "" } },
  { title: "no test has a time limit of its own", find: shape.timeBounds,
    good: { "test/a.test.ts": "await vi.waitFor(f, PATIENTLY);" },
    bad: { "test/a.test.ts": ["await vi.waitFor(f, { time", "out: 5_000 });"].join("") } },
  { title: "nor one behind its body", find: shape.timeBounds,
    good: { "test/a.test.ts": "test.each([1])('x', (n) => f(n, 500), LIMIT_MS); holds(drawn, 4, () => {}, 10_000);",
      "test/a.ts": "beforeAll(() => {}, 5_000);" },
    bad: { "test/a.test.ts": "beforeAll(async () => {}, 300_000);" } },
  { title: "nor one behind the body of one of many", find: shape.timeBounds,
    good: { "test/a.test.ts": "test.skipIf(no).each(all)('x', () => {}); expect.poll(() => 1).toBe(300_000);" },
    bad: { "test/a.test.ts": "describe('x', () => { test.skipIf(no).each(all)('x', () => {}, 60 * 1000); });" } },
  { title: "a test that sleeps for longer than a second says by a name why", find: shape.timeBounds,
    good: { "test/a.test.ts": "await sleep(1_000); await sleep(OUTAGE_MS); setTimeout(() => f(2_000), delay);",
      "test/live/a.ts": "await sleep(60_000);" },
    bad: { "test/a.test.ts": "await sleep(1_001);" } },
  { title: "also by a timer of its own", find: shape.timeBounds,
    good: { "test/a.test.ts": "setInterval(f, 5_000); await new Promise((done) => setTimeout(done, 20));" },
    bad: { "test/a.test.ts": "await new Promise((done) => setTimeout(done, 2 * 1_000));" } },
  { title: "no test bounds the time that passes", find: shape.timeBounds,
    good: { "test/a.test.ts": "expect(steps).toBeLessThan(100);" },
    bad: { "test/a.test.ts": ["expect(Date.now", "() - began).toBeLessThan(500);"].join("") } },
  { title: "imports follow the order of folders", find: imports.upwardImports,
    good: { "src/events/a.ts": 'import { b } from "../checks/b.ts";', "src/main.ts": 'import "./http/a.ts";' },
    bad: { "src/model/a.ts": 'import type { B } from "../checks/b.ts";' } },
  { title: "an adapter does not import another adapter", find: imports.upwardImports,
    good: { "src/http/a.ts": 'import "./b.ts";' }, bad: { "src/http/a.ts": 'import "../openfga/b.ts";' } },
  { title: "sources import no test and nothing of the root", find: imports.upwardImports,
    good: { "test/a.ts": 'import "../src/b.ts";' }, bad: { "src/main.ts": 'import "../test/b.ts";' } },
  { title: "the client imports nothing of the server and no package", find: imports.clientImports,
    good: { "src/client/a.ts": 'import type { B } from "./generated/b.ts";' },
    bad: { "src/client/a.ts": 'import type { B } from "../tuples/b.ts";' } },
  { title: "there is no cycle of imports", find: imports.cycles,
    good: { "src/a.ts": 'import "./b.ts"; import "./c.ts";', "src/b.ts": 'import "./c.ts";', "src/c.ts": "" },
    bad: { "src/a.ts": 'import "./b.ts";', "src/b.ts": 'export { x } from "./c.ts";',
      "src/c.ts": 'import type { A } from "./a.ts";' } },
  { title: "each export is imported somewhere", find: imports.deadExports,
    good: { "src/a.ts": "export const x = 1; export interface T {} const t: T = {};",
      "src/engine.ts": 'export { x } from "./a.ts";' },
    bad: { "src/a.ts": "export const x = 1; export const y = 2;", "src/b.ts": 'import { y } from "./a.ts";' } },
  { title: "an import by a test does not count", find: imports.deadExports,
    good: { "src/a.ts": "export const x = 1;", "src/b.ts": 'import { x } from "./a.ts";',
      "test/b.ts": 'import { x } from "../src/a.ts"; import { y } from "./c.ts";', "test/c.ts": "export const y = 1;" },
    bad: { "src/a.ts": "export const x = 1;", "test/b.ts": 'import { x } from "../src/a.ts";' } },
  { title: "each exported type is used", find: imports.deadExports,
    good: { "src/a.ts": "export type T = 1;", "src/b.ts": 'import type { T } from "./a.ts";' },
    bad: { "src/a.ts": "export interface T {}" } },
  { title: "only src/openfga imports the OpenFGA SDK", find: imports.strayPackages,
    good: { "package.json": MANIFEST, "src/openfga/a.ts": 'import { C } from "@openfga/sdk";' },
    bad: { "package.json": MANIFEST, "src/checks/a.ts": 'import type { C } from "@openfga/sdk";' } },
  { title: "only src/http imports hono", find: imports.strayPackages,
    good: { "package.json": MANIFEST, "src/http/a.ts": 'import { Hono } from "hono";' },
    bad: { "package.json": MANIFEST, "src/main.ts": 'import { cors } from "hono/cors";' } },
  { title: "only src/cli imports commander", find: imports.strayPackages,
    good: { "package.json": MANIFEST, "src/cli/a.ts": 'import { Command } from "commander";' },
    bad: { "package.json": MANIFEST, "src/config.ts": 'import type { Command } from "commander";' } },
  { title: "a middleware imports no framework but its own", find: imports.strayPackages,
    good: { "package.json": MANIFEST, "src/middleware/hono.ts": 'import type { Context } from "hono";' },
    bad: { "package.json": MANIFEST, "src/middleware/express.ts": 'import type { Context } from "hono";' } },
  { title: "sources import declared dependencies only", find: imports.strayPackages,
    good: { "package.json": MANIFEST, "src/a.ts": 'import { z } from "zod"; import "node:fs";' },
    bad: { "package.json": MANIFEST, "src/a.ts": 'const c = await import("chalk");' } },
  { title: "only src/config.ts reads the environment", find: imports.environmentReaders,
    good: { "src/config.ts": "process.env.PORT;", "src/a.ts": "process.pid;" },
    bad: { "src/main.ts": 'process.env["PORT"];' } },
  { title: "the pure part is not asynchronous", find: imports.impurities,
    good: { "src/openfga/a.ts": "async function f() {}", "src/embedded/embedded-store.ts": "async () => 1;" },
    bad: { "src/events/a.ts": "const f = async () => 1;" } },
  { title: "the pure part imports nothing of Node", find: imports.impurities,
    good: { "src/policy/load.ts": 'import "node:fs";' }, bad: { "src/tuples/tuple.ts": 'import "node:crypto";' } },
  { title: "the pure part has no clock", find: imports.impurities,
    good: { "src/checks/a.ts": "new Date(0);" }, bad: { "src/checks/a.ts": "const now = Date.now();" } },
  { title: "the pure part makes no date of now", find: imports.impurities,
    good: { "src/http/a.ts": "new Date();" }, bad: { "src/model/a.ts": "new Date();" } },
  { title: "the pure part has no randomness", find: imports.impurities,
    good: { "src/checks/a.ts": "Math.max(1);" }, bad: { "src/domain/a.ts": "crypto.randomUUID();" } },
  { title: "there is no barrel", find: imports.barrels,
    good: { "src/engine.ts": 'export { x } from "./a.ts";',
      "src/a.ts": 'export { y } from "./b.ts"; export const x = 1;' },
    bad: { "src/model/all.ts": 'export { y } from "./b.ts"; export type { z } from "./c.ts";' } },
  { title: "each event is in the table", find: imports.unlistedEvents,
    good: { "src/events/a.ts": 'import { defineEvent } from "./event.ts";',
      "src/events/table.ts": 'import { a } from "./a.ts";' },
    bad: { "src/events/a.ts": 'import { defineEvent } from "./event.ts";', "src/events/table.ts": "" } },
  ...LANGUAGE,
];

const made = (files: Readonly<Record<string, string>>): Project =>
  projectOf(Object.entries(files).map(([path, text]) => ({ path, text })));

describe("each rule can fail", () => {
  test.each(RULES.map((rule) => [rule.title, rule] as const))("%s", (_, { find, bad, good }) => {
    expect(find(made(good))).toEqual([]);
    expect(find(made(bad))).toHaveLength(1);
  });
});

describe("plain English is asked of", () => {
  const [LOSS, HABIT] = ["The loss", "is told."];
  const SAMPLE = `${LOSS} ${HABIT}`;
  const found = (path: string, text: string): string[] => translated(made({ [path]: text }));

  test.each([
    ["a line comment", "src/a.ts", `const x = 1;\n  // ${LOSS}\n  // ${HABIT}\n`],
    ["a comment behind code", "bench/a.mjs", `const x = 1; // ${SAMPLE}\n`],
    ["a docstring of several lines", "scripts/a.mjs", `/**\n * ${LOSS}\n * ${HABIT}\n */\n`],
    ["a test's title", "test/a.test.ts", `test("${SAMPLE}", () => {});`],
    ["a title of many tests", "test/a.test.ts", `test.skipIf(no).each(all)("%s: ${SAMPLE}", () => {});`],
    ["a story's title", "tuples/a.fga.yaml", `  - name: "${SAMPLE}"\n`],
    ["a comment of a story", "tuples/a.fga.yaml", `tuples:\n  # ${SAMPLE}\n`],
    ["a comment of the policy", "model.fga", `    # ${SAMPLE}\n    define a: [user]\n`],
    ["a comment of the image", "Dockerfile", `# ${SAMPLE}\nFROM x\n`],
    ["a comment of a script", ".ci/run", `#!/bin/sh\necho # ${SAMPLE}\n`],
    ["a row of a table", "docs/a.md", `| a | b |\n|---|---|\n| x | ${SAMPLE} |\n`],
    ["a heading", "README.md", "## What is lost\n"],
    ["a text of the benchmark's page", "bench/report.mjs", `const X = "${SAMPLE}";\n`],
  ])("%s", (_, path, text) => {
    expect(found(path, text)).toHaveLength(1);
  });

  test("no code: neither names, nor what a document quotes", () => {
    expect(found("src/a.ts", `const told = "${SAMPLE}";\n`)).toEqual([]);
    expect(found("docs/a.md", `The field \`told\`:\n\`\`\`sh\n# ${SAMPLE}\n\`\`\`\n`)).toEqual([]);
  });
});

describe("the project holds", () => {
  const project = readProject(ROOT);

  test("the files are read at all", () => {
    const seen = new Set(project.files.map((file) => file.path));
    const all = ["package.json", "model.fga", ".ci/run", "Dockerfile", "vitest.config.ts", "src/tuples/tuple.ts"];
    expect(all.filter((path) => !seen.has(path))).toEqual([]);
  });

  // One finder may serve several rules: it runs once, under the titles of all of them.
  const finders = new Map<Rule["find"], string[]>();
  for (const { title, find } of RULES) finders.set(find, [...(finders.get(find) ?? []), title]);
  test.each([...finders].map(([find, titles]) => ({ title: titles.join("; "), find })))("$title", ({ find }) => {
    expect(find(project)).toEqual([]);
  });

  test("each path, link and script a document names exists", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    const facts: Facts = { exists: (path) => existsSync(join(ROOT, path)), scripts: Object.keys(scripts) };
    const documents = project.files.filter((file) => file.path.endsWith(".md"));
    expect(documents.map((file) => file.path)).toContain("README.md");
    expect(documents.flatMap((file) => brokenMentions(file.path, file.text, facts))).toEqual([]);
  });
});

describe("the mentions in a document are checked", () => {
  const facts: Facts = {
    exists: (path) => ["src/a.ts", "docs/b.md", "tuples/", "model.fga"].includes(path), scripts: ["test", "bench"],
  };
  const broken = (text: string): string[] => brokenMentions("README.md", text, facts);

  test("existing files, links and scripts pass", () => {
    expect(broken("# Big Title\n`src/a.ts`, [b](docs/b.md#x), [up](#big-title), `tuples/*.fga.yaml`.\n")).toEqual([]);
    expect(broken("`npm test` or `npm run bench`; model.fga; [x](https://example.org/src/none.ts).")).toEqual([]);
    expect(brokenMentions("docs/c.md", "[b](b.md) [a](../src/a.ts)", facts)).toEqual([]);
  });
  const faults = ["`src/none.ts`", "[b](docs/none.md)", "[t](#none)", "`npm run none`", "`npm start`"];
  test.each(faults)("%s fails", (text) => {
    expect(broken(`# Title\n${text}\n`)).not.toEqual([]);
  });
});
