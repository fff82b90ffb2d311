// A copy of the event code in which each guard asks a switch before it refuses.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import { ROOT } from "../live/pins.ts";
import { declaredGuards, guardsIn, type Guard, type Insertion, type SyntaxNode } from "./guard-sites.ts";
import type { EventCode } from "./move.ts";

const EVENTS = join(ROOT, "src/events");
const SWITCH = join(ROOT, "test/explore/guard-switch.ts");

/** The copy: its code, its guards by number, and its removal. */
export interface GuardCopy {
  readonly code: EventCode;
  readonly guards: readonly Guard[];
  remove(): void;
}

/** Makes the copy in a new folder and loads it. */
export async function copyWithSwitches(): Promise<GuardCopy> {
  const folder = mkdtempSync(join(tmpdir(), "sideline-guards-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const guards: Guard[] = [];
  const files = new Map(readdirSync(EVENTS, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort()
    .map((file) => [relative(EVENTS, file), readFileSync(file, "utf8")]));
  const called = new Set([...files.values()].flatMap(declaredGuards));
  for (const [path, text] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, copied(path, text, called, guards));
  }
  const [{ decideEvent, continueEvent }, { DomainEvent }, table] = await Promise.all(
    ["decide-event.ts", "domain-event.ts", "table.ts"].map((name) => import(pathToFileURL(join(folder, name)).href)),
  );
  return {
    code: { decideEvent, continueEvent, DomainEvent, EVENTS: table.EVENTS }, guards,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The text of one file with switches, and with the paths of the files that are not copied. */
function copied(path: string, text: string, called: ReadonlySet<string>, guards: Guard[]): string {
  const { program, module } = parseSync(path, text);
  const insertions: Insertion[] = [];
  guardsIn(path, text, called, program as unknown as SyntaxNode, guards, insertions);
  const paths = module.staticImports.flatMap(({ moduleRequest: { value, start, end } }) => {
    const target = resolve(dirname(join(EVENTS, path)), value);
    return !value.startsWith(".") || target.startsWith(EVENTS) ? [] : [{ start, end, target }];
  });
  const use = insertions.length === 0 ? "" : `import { SWITCH as $guards } from ${JSON.stringify(SWITCH)};\n`;
  return withInsertions(text, insertions, paths) + use;
}

/** At one offset, inner ends come before outer ends, then outer beginnings before inner ones. */
function withInsertions(
  text: string, insertions: readonly Insertion[], paths: readonly { start: number; end: number; target: string }[],
): string {
  const edits = [
    ...insertions.map(({ at, text: put, isEnd, size }) => ({ at, until: at, put, order: isEnd ? size - 1e9 : -size })),
    ...paths.map(({ start, end, target }) => ({ at: start, until: end, put: JSON.stringify(target), order: 0 })),
  ].sort((a, b) => a.at - b.at || a.order - b.order);
  let out = "";
  let done = 0;
  for (const { at, until, put } of edits) {
    out += text.slice(done, at) + put;
    done = until;
  }
  return out + text.slice(done);
}
