// The project as the house rules see it: its files, and for TypeScript the parsed syntax, imports and exports.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { parseSync, type StaticExportEntry } from "oxc-parser";

/** One file, by its path from the project's folder. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** A node of the syntax tree; `start` and `end` are offsets into the text. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One import (or re-export, or dynamic import) of a file. */
export interface Import {
  /** As written: `./x.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Path of the file that a relative specifier names. */
  readonly target?: string;
  /** Imported names; `*` for all of them. */
  readonly names: readonly string[];
}

/** One exported name of a file. */
export interface Export {
  readonly name: string;
  readonly isType: boolean;
  readonly start: number;
  /** Re-exported from another file. */
  readonly isReexport: boolean;
}

/** A parsed TypeScript file. */
export interface Source extends ProjectFile {
  readonly program: Node;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
}

export interface Project {
  readonly files: readonly ProjectFile[];
  /** The TypeScript files among them. */
  readonly sources: readonly Source[];
}

const SKIPPED = new Set(["node_modules", "dist", ".cache", ".git", "data"]);

/** Files that people write. */
const READ = /\.(?:tsx?|mjs|md|fga|ya?ml|json)$|\/(?:\.ci\/run|Dockerfile)$/;

/** All files of a folder, except installed, built and stored ones. */
export function readProject(root: string): Project {
  const paths = (folder: string): string[] => readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? paths(path) : entry.isFile() ? [path] : [];
    });
  return projectOf(paths(root).filter((path) => READ.test(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") })));
}

/** A project of given files: path to text. Throws on a syntax error. */
export function projectOf(files: readonly ProjectFile[]): Project {
  return { files, sources: files.filter((file) => /\.tsx?$/.test(file.path)).map(parse) };
}

type Visit = (node: Node, above: readonly Node[]) => void;

/** Calls `visit` with every node below and including this one, and with the nodes above it, nearest first. */
export function walk(node: Node, visit: Visit, above: readonly Node[] = []): void {
  visit(node, above);
  const chain = [node, ...above];
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) {
      if (isNode(child)) walk(child, visit, chain);
    }
  }
}

/** Line number of an offset, from 1. */
export function lineAt(file: ProjectFile, offset: number): number {
  return file.text.slice(0, offset).split("\n").length;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function parse(file: ProjectFile): Source {
  const { program, module, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
  const imports = module.staticImports.map((found) => ({
    ...target(file, found.moduleRequest.value),
    names: found.entries.map((entry) => named(entry.importName)),
  }));
  const reexports = module.staticExports.flatMap((found) => found.entries).flatMap((entry) =>
    entry.moduleRequest === null
      ? []
      : [{ ...target(file, entry.moduleRequest.value), names: [named(entry.importName)] }]);
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^["'`]([^"'`$]+)["'`]$/.exec(file.text.slice(moduleRequest.start, moduleRequest.end));
    return literal?.[1] === undefined ? [] : [{ ...target(file, literal[1]), names: ["*"] }];
  });
  const exports = module.staticExports.flatMap((found) => found.entries).map((entry) => ({
    name: entry.exportName.kind === "Default" ? "default" : entry.exportName.name ?? "*",
    isType: entry.isType,
    start: entry.start,
    isReexport: entry.moduleRequest !== null,
  }));
  return { ...file, program: program as unknown as Node, imports: [...imports, ...reexports, ...dynamic], exports };
}

function named(name: StaticExportEntry["importName"] | { kind: string; name: string | null }): string {
  return name.kind === "Default" ? "default" : name.kind === "Name" && name.name !== null ? name.name : "*";
}

function target(file: ProjectFile, specifier: string): { specifier: string; target?: string } {
  if (!specifier.startsWith(".")) return { specifier };
  return { specifier, target: normalize(join(dirname(file.path), specifier)) };
}
