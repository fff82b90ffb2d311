// House rules on the shape of single files: lengths, first lines, docstrings, names.
import { lineAt, walk, type Node, type Project, type Source } from "./project.ts";

/** Maximum number of lines in a file of code. */
const FILE_LINES = 300;
/** Maximum number of lines in a function, including its first and last. */
const FUNCTION_LINES = 70;
/** Maximum number of characters in a line. */
const LINE_CHARS = 120;

const CODE = /\.(?:tsx?|mjs)$|^\.ci\/run$/;

/** Code files over 300 lines; the policy, stories and documents may be longer. */
export function longFiles({ files }: Project): string[] {
  return files.filter((file) => CODE.test(file.path))
    .map((file) => ({ path: file.path, lines: file.text.replace(/\n$/, "").split("\n").length }))
    .filter(({ lines }) => lines > FILE_LINES)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${FILE_LINES}`);
}

/**
 * Lines over 120 characters in every file that people write. Two kinds of line cannot be broken and may be longer: a
 * row of a Markdown table, and a `define` of the policy (OpenFGA's language has no line break inside a definition).
 */
export function longLines({ files }: Project): string[] {
  return files.filter((file) => !file.path.endsWith(".json")).flatMap((file) =>
    file.text.split("\n").flatMap((line, i) => {
      const unbreakable = (file.path.endsWith(".md") && line.startsWith("|"))
        || (file.path.endsWith(".fga") && line.startsWith("    define "));
      return [...line].length <= LINE_CHARS || unbreakable ? [] : [`${file.path}:${i + 1} is over ${LINE_CHARS} chars`];
    }));
}

/** Functions over 70 lines. The callback of `describe` is a section of a test file, not a function. */
export function longFunctions({ sources }: Project): string[] {
  const found: string[] = [];
  for (const source of sources) {
    walk(source.program, (node, [parent, grandparent]) => {
      if (!isFunction(node) || isSection(parent, source)) return;
      const whole = parent?.type === "MethodDefinition" && grandparent !== undefined ? parent : node;
      const lines = lineAt(source, whole.end) - lineAt(source, whole.start) + 1;
      if (lines <= FUNCTION_LINES) return;
      found.push(`${source.path}:${lineAt(source, whole.start)} function of ${lines} lines`);
    });
  }
  return found;
}

/** Code files whose first line is not a comment of several words (in a program it comes after `#!`). */
export function noFirstLine({ files }: Project): string[] {
  return files.filter((file) => CODE.test(file.path)).filter(({ path, text }) => {
    const [first = "", second = ""] = text.split("\n");
    const told = first.startsWith("#!") ? second : first;
    return !(path.endsWith("run") ? /^# \S+( \S+){2}/ : /^\/\/ \S+( \S+){2}/).test(told);
  }).map(({ path }) => `${path} does not say in its first line what it is`);
}

/** Exported functions of src without a docstring directly above. One docstring may cover a block of one-liners. */
export function noDocstring({ sources }: Project): string[] {
  return sources.filter((source) => source.path.startsWith("src/")).flatMap((source) =>
    (source.program["body"] as Node[]).filter((statement) => statement.type.startsWith("Export"))
      .filter((statement) => exportsFunction(statement["declaration"] as Node | null))
      .filter((statement) => !isDocumented(source, statement))
      .map((statement) => `${source.path}:${lineAt(source, statement.start)} exported function without docstring`));
}

function isDocumented(source: Source, statement: Node): boolean {
  const isOneLiner = !source.text.slice(statement.start, statement.end).includes("\n");
  const above = source.text.slice(0, statement.start).replace(/\n$/, "").split("\n");
  if (isOneLiner) while (/^export .*;$/.test(above.at(-1) ?? "")) above.pop();
  return above.at(-1)?.endsWith("*/") === true;
}

/** Files and folders whose names stand for no concept. */
export function emptyNames({ files }: Project): string[] {
  const empty = /^(?:src|test|scripts)\/(?:.*[/.-])?(?:utils?|common|helpers?|misc)[/.-]/;
  return files.filter((file) => empty.test(file.path)).map((file) => `${file.path} is named for no concept`);
}

/** Files of src that share a name with one before them in another folder: a name without its folder must do. */
export function sharedNames({ files }: Project): string[] {
  const first = new Map<string, string>();
  return files.filter(({ path }) => path.startsWith("src/")).flatMap(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const other = first.get(name);
    first.set(name, other ?? path);
    return other === undefined ? [] : [`${path} has the name of ${other}`];
  });
}

/** A test's own time limit, or an upper bound on elapsed time: both fail on a slow machine. */
const TIME_BOUND = new RegExp([
  String.raw`\b(?:testTimeout|hookTimeout|timeout): [\d_]+\s*[,}]`,
  String.raw`\b(?:Date|performance)\.now\(\)[^;]*\.toBeLessThan`,
].join("|"));

/** Maximum time that a test sleeps without a named constant, in milliseconds. */
const UNNAMED_SLEEP_MS = 1000;

/**
 * Tests that fail on a slow machine. Tests wait by PATIENCE_MS and the limits of the configuration. A long sleep often
 * stands for something that should have happened in the meantime; a named one says what it is for.
 */
export function timeBounds({ files, sources }: Project): string[] {
  const isTest = ({ path }: { readonly path: string }): boolean => path.endsWith(".test.ts");
  const slow = (path: string, line: number): string => `${path}:${line} fails where the machine is slow`;
  return [
    ...files.filter(isTest).flatMap((file) =>
      file.text.split("\n").flatMap((line, i) => TIME_BOUND.test(line) ? [slow(file.path, i + 1)] : [])),
    ...sources.filter(isTest).flatMap((source) => {
      const found: string[] = [];
      walk(source.program, (node) => {
        const isBound = node.type === "CallExpression" && (hasLimit(node, source) || isLongSleep(node, source));
        if (isBound) found.push(slow(source.path, lineAt(source, node.end)));
      });
      return found;
    }),
  ];
}

/** Whether a test or a hook has a numeric time limit after its body. */
function hasLimit(call: Node, source: Source): boolean {
  const [body, limit] = (call["arguments"] as Node[]).slice(-2);
  return limit !== undefined && isFunction(body!) && figureOf(limit) !== undefined
    && /^(?:test|it|describe|(?:before|after)(?:All|Each))\b/.test(nameOf(call, source));
}

function isLongSleep(call: Node, source: Source): boolean {
  const [first, second] = call["arguments"] as Node[];
  const time = { sleep: first, setTimeout: second }[nameOf(call, source)];
  return time !== undefined && (figureOf(time) ?? 0) > UNNAMED_SLEEP_MS;
}

/** The value of a number written in digits, alone or as a product; undefined for anything else. */
function figureOf(node: Node): number | undefined {
  if (node.type === "Literal") return typeof node["value"] === "number" ? node["value"] : undefined;
  if (node.type !== "BinaryExpression" || node["operator"] !== "*") return undefined;
  const [left, right] = [figureOf(node["left"] as Node), figureOf(node["right"] as Node)];
  return left === undefined || right === undefined ? undefined : left * right;
}

/** The called expression, as written. */
function nameOf(call: Node, source: Source): string {
  const callee = call["callee"] as Node;
  return source.text.slice(callee.start, callee.end);
}

function isFunction(node: Node): boolean {
  return ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(node.type);
}

function isSection(parent: Node | undefined, source: Source): boolean {
  if (parent?.type !== "CallExpression" || !source.path.endsWith(".test.ts")) return false;
  return nameOf(parent, source).startsWith("describe");
}

function exportsFunction(declaration: Node | null): boolean {
  if (declaration === null) return false;
  if (declaration.type === "FunctionDeclaration") return true;
  if (declaration.type !== "VariableDeclaration") return false;
  return (declaration["declarations"] as Node[]).some((d) => isNodeFunction(d["init"] as Node | null));
}

function isNodeFunction(init: Node | null): boolean {
  return init !== null && isFunction(init);
}
