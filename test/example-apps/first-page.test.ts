// From an empty folder to a first guarded page, by the README alone: its commands and its code, as they stand there.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../live/free-port.ts";
import { PATIENTLY } from "../live/patience.ts";
import { ROOT } from "../live/pins.ts";
import { packSideline } from "./packed.ts";

/** Maximum number of lines of an engineer's own code before the first guarded page. */
const LINES = 15;

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const sectionOf = (title: string): string => new RegExp(`^## ${title}$(.*?)^## `, "ms").exec(readme)![1]!;
const blocksOf = (section: string, language: string): string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code!);

let root: string;
let app: string;
let tarball: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sideline-first-page-"));
  app = join(root, "app");
  mkdirSync(app);
  tarball = packSideline(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the README leads from an empty folder to a guarded page in less than 15 lines of code", async () => {
  const [sidelinePort, pagePort] = [await freePort(), await freePort()];
  const here = (text: string): string =>
    text.replaceAll("8090", String(sidelinePort)).replaceAll("3000", String(pagePort));
  const section = sectionOf("A first guarded page");
  const [install, ask] = blocksOf(section, "sh");
  const [, installing, serving] = /^(.*)^(.*) &$/ms.exec(install!)!;
  const [page] = blocksOf(section, "js");
  const [events] = blocksOf(sectionOf("A first event, a first check"), "sh");
  const began = performance.now();
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], SIDELINE_PORT: String(sidelinePort) };
  const shell = (script: string): string =>
    execFileSync("bash", ["-ec", script], { cwd: app, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  expect(installing).toContain(`./${basename(tarball)} `);
  shell(installing!.replace(`npm install ./${basename(tarball)}`, `npm install --no-audit --no-fund ${tarball}`));
  const installed = performance.now();
  const server = spawn("bash", ["-c", `exec ${serving}`], { cwd: app, env, detached: true, stdio: "ignore" });
  try {
    const url = `http://127.0.0.1:${sidelinePort}`;
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), PATIENTLY);
    expect(shell(here(events!)).match(/"status":"applied"/g)).toHaveLength(4);
    writeFileSync(join(app, "page.mjs"), here(page!));
    const [start = "", ...questions] = here(ask!).split("\n");
    const pageServer = spawn("bash", ["-c", `exec ${start.replace(" &", "")}`], { cwd: app, env, stdio: "ignore" });
    try {
      await vi.waitFor(() => fetch(`http://127.0.0.1:${pagePort}/`), PATIENTLY);
      const asked = questions.filter((line) => line.startsWith("curl"));
      const answers = asked.map(shell);
      const expected = questions.filter((line) => line.startsWith("# ")).map((line) => line.slice(2));
      expect(answers.map((answer, i) => answer.startsWith(expected[i]!.replace(/…}$/, "")))).toEqual([true, true]);
    } finally {
      pageServer.kill("SIGKILL");
    }
  } finally {
    // The command is npm's, which starts the server: the group ends as a whole.
    process.kill(-server.pid!, "SIGKILL");
  }
  const lines = page!.split("\n").filter((line) => line.trim() !== "").length;
  const seconds = (from: number): string => ((performance.now() - from) / 1000).toFixed(1);
  console.log(`first guarded page: ${lines} lines of code, ${seconds(began)} s by machine, `
    + `${((installed - began) / 1000).toFixed(1)} s of them to install`);
  expect(lines).toBeLessThan(LINES);
});
