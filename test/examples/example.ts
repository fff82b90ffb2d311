// Finds the `@example` blocks of sources, and runs each one against the source that it stands in.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { parseSync } from "oxc-parser";
import { lineAt, type Node, type ProjectFile } from "../tidy/project.ts";

/** One `@example` block. */
export interface Example {
  readonly path: string;
  readonly line: number;
  /** Name of the declaration that the docstring is of, or "" where there is none. */
  readonly of: string;
  /** The code, with results as comments at the end of a statement. */
  readonly code: string;
}

/** A statement whose result is stated. */
interface Stated {
  readonly statement: Node;
  /** Position where the comment ends, and its text. */
  readonly end: number;
  readonly result: string;
}

const DECLARATION = /^\s*export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) (\w+)/;

/** Returns the examples of a file, in order. */
export function examplesOf(file: ProjectFile): Example[] {
  return parseSync(file.path, file.text).comments
    .filter(({ type, value }) => type === "Block" && value.startsWith("*") && value.includes("@example"))
    .flatMap(({ value, start, end }) => {
      const of = DECLARATION.exec(file.text.slice(end))?.[1] ?? "";
      const lines = value.slice(1).split("\n").map((text) => text.replace(/^\s*\* ?/, ""));
      const begins = lines.flatMap((text, i) => (text.trimStart().startsWith("@example") ? [i] : []));
      return begins.map((begin) => {
        const rest = lines.slice(begin + 1);
        const next = rest.findIndex((text) => /^@\w/.test(text));
        const code = [lines[begin]!.replace(/^\s*@example ?/, ""), ...next < 0 ? rest : rest.slice(0, next)];
        return { path: file.path, line: lineAt(file, start) + begin, of, code: code.join("\n").trim() };
      });
    });
}

/**
 * Runs an example, and compares each result that it states: `sum(1, 2) // 3`, or `read("(") // throws no end` with a
 * part of the error's message. The exports of its file and those of `scope` need no import. Throws where the example
 * does not run, states no result, or states another one.
 */
export async function run(example: Example, root: string, scope: object): Promise<void> {
  const own = await load(root, example.path);
  const { imports, body, stated } = prepared(example);
  if (stated === 0) throw new Error("the example states no result");
  const names: Record<string, unknown> = { ...scope, ...own };
  for (const { from, imported, local } of imports) {
    const found = from.startsWith(".") ? await load(root, join(example.path, "..", from)) : await import(from);
    names[local] = (found as Record<string, unknown>)[imported];
  }
  const equals = async (value: () => Promise<unknown>, result: () => unknown): Promise<void> => {
    expect(await value()).toEqual(result());
  };
  const fails = async (value: () => Promise<unknown>, message: string): Promise<void> => {
    await expect(value()).rejects.toThrow(message);
  };
  const called = new Function("equals_", "fails_", ...Object.keys(names), `return (async () => {${body}\n})();`);
  await called(equals, fails, ...Object.values(names));
}

interface Named {
  readonly from: string;
  readonly imported: string;
  readonly local: string;
}

/** Returns the code with each stated result as a call that compares it, and the imports taken out. */
function prepared({ path, code }: Example): { imports: Named[]; body: string; stated: number } {
  const { program, comments, errors, module } = parseSync("example.ts", code);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const statements = program.body as unknown as Node[];
  const stated = comments.flatMap((comment): Stated[] => {
    const statement = statements.findLast(({ end }) => end <= comment.start);
    const between = statement === undefined ? "\n" : code.slice(statement.end, comment.start);
    if (comment.type !== "Line" || statement === undefined || between.includes("\n")) return [];
    return [{ statement, end: comment.end, result: comment.value.trim() }];
  });
  let body = "";
  let at = 0;
  for (const { statement, end, result } of stated) {
    body += `${code.slice(at, statement.start)}${comparison(statement, code, result)};`;
    at = end;
  }
  const imports = module.staticImports.flatMap(({ moduleRequest, entries }) => entries.map((entry) => ({
    from: moduleRequest.value, imported: entry.importName.name ?? "default", local: entry.localName.value,
  })));
  return { imports, body: (body + code.slice(at)).replace(/^import .*$/gm, ""), stated: stated.length };
}

function comparison(statement: Node, code: string, result: string): string {
  const compare = (value: string): string => (result.startsWith("throws ")
    ? `await fails_(async () => (${value}), ${JSON.stringify(result.slice("throws ".length))})`
    : `await equals_(async () => (${value}), () => (${result}))`);
  const text = code.slice(statement.start, statement.end);
  if (statement.type === "ExpressionStatement") return compare(text.replace(/;$/, ""));
  const name = /^const (\w+) =/.exec(text)?.[1];
  if (name === undefined) throw new Error(`a result is stated of something without a value: ${text}`);
  return `${text.replace(/;$/, "")}; ${compare(name)}`;
}

async function load(root: string, path: string): Promise<object> {
  return await import(/* @vite-ignore */ pathToFileURL(join(root, path)).href) as object;
}
