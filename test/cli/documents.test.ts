// The shell lines of docs/commands.md, run in order against an empty server: they print the lines that follow them.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../live/pins.ts";
import { oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();
const page = readFileSync(join(ROOT, "docs/commands.md"), "utf8");

/** A shell command, and the lines that it prints, with `…` for any text. */
interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

/** The commands of the shell blocks. A line that begins with `#` is a line that the command before it prints. */
function commandsOf(text: string): Shown[] {
  const shown = /^(?!#)([^\n]*<<'END'\n.*?^END|[^\n]+)\n((?:#[^\n]*\n)*)/gms;
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
    [...block.matchAll(shown)].map(([, command = "", lines = ""]) =>
      ({ command, lines: lines.split("\n").slice(0, -1).map((line) => line.slice(2)) })));
}

const exactly = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

test("the page shows each command", () => {
  const names = ["serve", "check", "list", "who", "send", "compare", "keys create", "backup", "verify", "migrate"];
  for (const name of names) expect(page).toMatch(new RegExp(`\`[^\`]*\\b${name}\\b`));
  expect(commandsOf(page).length).toBeGreaterThan(9);
});

test("each command prints what the page shows", async () => {
  const server = await sideline.start();
  const programs = join(sideline.root, "programs");
  mkdirSync(programs);
  writeFileSync(join(programs, "npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "$SIDELINE_CLI" "$@"\n`);
  chmodSync(join(programs, "npx"), 0o755);
  const env = {
    PATH: `${programs}${delimiter}${process.env["PATH"]}`, SIDELINE_URL: server.url,
    SIDELINE_CLI: sideline.build.script,
  };
  // A server that a command starts would not end; another test serves a store file.
  for (const { command, lines } of commandsOf(page).filter(({ command }) => !/\bserve\b/.test(command))) {
    const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: sideline.root, encoding: "utf8", env });
    const pattern = lines.join("\n").split("…").map(exactly).join(".*");
    expect(stdout.trimEnd(), `${command}\n${stderr}`).toMatch(new RegExp(`^${pattern}$`));
    expect([0, 1], stderr).toContain(status);
  }
});
