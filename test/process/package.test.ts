// The package as it is published: packed, put into an empty folder, its types resolved there, its examples run.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packSideline } from "../example-apps/packed.ts";
import { ROOT } from "../live/pins.ts";

let root: string;
let app: string;
const text = readFileSync(join(ROOT, "docs/client.md"), "utf8");
const examples = [...text.matchAll(/^```(ts|js)\n(.*?)^```/gms)]
  .map(([, language, code]) => ({ language, code: code! }));

const write = (path: string, content: string): void => writeFileSync(join(app, path), content);

/** Packages that an app has besides Sideline; those of Sideline itself are below it. */
const OF_APP = ["hono", "express", "fastify", "vitest", "typescript", "@types"];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sideline-package-"));
  const tarball = packSideline(root);

  app = join(root, "app");
  const modules = join(app, "node_modules");
  mkdirSync(modules, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", root]);
  cpSync(join(root, "package"), join(modules, "sideline"), { recursive: true });
  for (const name of OF_APP) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  symlinkSync(join(ROOT, "node_modules"), join(modules, "sideline/node_modules"));
  write("package.json", JSON.stringify({ name: "app", type: "module", private: true }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Compiles files of the app; returns the faults. */
function compile(files: readonly string[], options: object): string {
  const compilerOptions = { strict: true, noEmit: true, target: "es2023", ...options };
  write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const { stdout, stderr } = spawnSync(tsc, ["-p", "."], { cwd: app, encoding: "utf8" });
  return `${stdout}${stderr}`.trim();
}

const RESOLUTIONS = [
  ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
  ["bundler", { module: "esnext", moduleResolution: "bundler" }],
] as const;

const WITH_NODE = { types: ["node"], skipLibCheck: true };
const IN_BROWSER = { types: [], lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"], skipLibCheck: false };

test("everything that package.json publishes is in the package", () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: readonly string[] };
  const inside = (path: string): boolean => existsSync(join(app, "node_modules/sideline", path));
  expect(files.filter((path) => !inside(path))).toEqual([]);
});

describe.each(RESOLUTIONS)("types resolve under %s", (_, resolution) => {
  test("those of the client, with nothing of Node, each declaration checked", () => {
    const ask = (relation: string) => `import { createClient } from "sideline/client";
      import type { Client } from "sideline";
      const client: Client = createClient({ url: "http://127.0.0.1:8090" });
      export const answer: Promise<boolean> = client.can("user:a", "${relation}", "note:n1");`;
    write("right.ts", ask("can_read"));
    write("wrong.ts", ask("can_place"));
    expect(compile(["right.ts"], { ...resolution, ...IN_BROWSER })).toBe("");
    expect(compile(["wrong.ts"], { ...resolution, ...IN_BROWSER })).toContain("can_place");
  });

  test("those of every entry, and the examples of the document", () => {
    write("entries.ts", `import { check } from "sideline/engine";
      import { requirePermission as express } from "sideline/middleware/express";
      import { requirePermission as fastify } from "sideline/middleware/fastify";
      import { requirePermission as hono } from "sideline/middleware/hono";
      import { startSideline } from "sideline/testing";
      export const all = [check, express, fastify, hono, startSideline];`);
    const typed = examples.filter(({ language }) => language === "ts");
    expect(typed).toHaveLength(3);
    write("stage.d.ts", 'declare const showNote: import("hono").Handler;');
    const files = typed.map(({ code }, i) => {
      write(`example${i}.ts`, code);
      return `example${i}.ts`;
    });
    expect(compile(["entries.ts", "stage.d.ts", ...files], { ...resolution, ...WITH_NODE })).toBe("");
  });
});

test("every entry is there at run time, and only those that are published", () => {
  write("entries.mjs", `import { createClient } from "sideline";
    import { readFileSync } from "node:fs";
    const read = (path) => readFileSync(new URL(import.meta.resolve(path)), "utf8");
    const names = ["sideline/client", "sideline/testing", "sideline/middleware/hono", "sideline/middleware/express",
      "sideline/middleware/fastify", "sideline/engine"];
    const all = await Promise.all(names.map((name) => import(name)));
    const inside = await import("sideline/dist/log.js").catch(({ code }) => code);
    console.log(JSON.stringify([all[0].createClient === createClient, all.map((each) => Object.keys(each).length > 0),
      JSON.parse(read("sideline/package.json")).name, read("sideline/model.fga").includes("type note"), inside]));`);
  const said = execFileSync(process.execPath, ["entries.mjs"], { cwd: app, encoding: "utf8" });
  expect(JSON.parse(said)).toEqual([true, Array(6).fill(true), "sideline", true, "ERR_PACKAGE_PATH_NOT_EXPORTED"]);
});

test("a Sideline of a test starts from the packed, precompiled policy", () => {
  const { digest } = JSON.parse(readFileSync(join(app, "node_modules/sideline/dist/model.json"), "utf8"));
  expect(digest).toMatch(/^\S+$/);
  // Compiling needs the parser of the language, which loads only then.
  write("started.mjs", `import { startSideline } from "sideline/testing";
    import { createRequire } from "node:module";
    const sideline = await startSideline();
    await sideline.close();
    const { cache } = createRequire(import.meta.resolve("sideline/testing"));
    console.log(Object.keys(cache).filter((path) => path.includes("antlr4")).length);`);
  expect(execFileSync(process.execPath, ["started.mjs"], { cwd: app, encoding: "utf8" })).toBe("0\n");
});

test("the example for node:test passes", () => {
  const example = examples.find(({ code }) => code.startsWith("// node:test"));
  write("example.test.mjs", example!.code);
  const run = spawnSync(process.execPath, ["--test", "example.test.mjs"], { cwd: app, encoding: "utf8" });
  expect([run.stdout, run.status]).toEqual([expect.stringMatching(/pass 1/), 0]);
});

test("the example for vitest passes, and fails where the policy says otherwise", () => {
  const example = examples.find(({ code }) => code.startsWith("// vitest"))!;
  const vitest = (name: string, code: string) => {
    write(name, code);
    const bin = join(dirname(join(ROOT, "node_modules/vitest/package.json")), "vitest.mjs");
    const env = { PATH: process.env["PATH"], NO_COLOR: "1" };
    return spawnSync(process.execPath, [bin, "run", "--root", app, name], { cwd: app, encoding: "utf8", env });
  };
  const right = vitest("right.test.ts", example.code);
  expect([right.stdout, right.status]).toEqual([expect.stringContaining("1 passed"), 0]);
  const wrong = vitest("wrong.test.ts", example.code.replaceAll("expectCannot(", "expectCan("));
  expect([`${wrong.stdout}${wrong.stderr}`, wrong.status])
    .toEqual([expect.stringContaining("user:hana lacks can_read on note:n1"), 1]);
});
