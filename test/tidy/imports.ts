// House rules on how files depend on one another: order of folders, cycles, dead exports, who may import what.
import { lineAt, walk, type Node, type Project, type Source } from "./project.ts";

/** Folders of src from the ground up; a file imports from its own layer or a lower one. */
const LAYERS = [
  ["tuples"], ["memory"], ["model"], ["policy"], ["checks"], ["analysis"], ["domain"], ["ledger"], ["events"],
  ["reasons"], ["history"], ["sidecar"], ["openfga", "embedded", "http", "client"], ["middleware"], [""],
  ["cli", "testing"],
];

/** Files that may be imported by nobody, because something outside starts with them, such as a script. */
const ENTRIES = new Set([
  "src/client/create-client.ts", "src/engine.ts", "src/main.ts", "src/middleware/express.ts",
  "src/middleware/fastify.ts", "src/middleware/hono.ts", "src/policy/precompile.ts", "src/testing/start-sideline.ts",
  "vitest.config.ts", "test/live/global-setup.ts",
]);

/** Packages that only some folders may import: package, folders. */
const RESERVED: ReadonlyArray<[RegExp, RegExp]> = [
  [/^@openfga\/sdk/, /^src\/openfga\//],
  [/^@openfga\/syntax-transformer/, /^src\/model\//],
  [/^libsql/, /^src\/(?:embedded|history)\//],
  [/^hono(?:\/|$)/, /^src\/(?:http\/|middleware\/hono\.ts$)/],
  [/^@hono\/zod-openapi(?:\/|$)/, /^src\/http\//],
  [/^express(?:\/|$)/, /^src\/middleware\/express\.ts$/],
  [/^fastify(?:\/|$)/, /^src\/middleware\/fastify\.ts$/],
  [/^@hono\/node-server/, /^src\/(?:http\/|main\.ts$)/],
  [/^commander(?:\/|$)/, /^src\/cli\//],
];

/** Files that hold values, ports and pure functions. */
const PURE = /^src\/(?:reasons|events|ledger|domain|analysis|checks|model|memory|tuples)\//;

/** Imports that go up, or sideways between adapters. */
export function upwardImports({ sources }: Project): string[] {
  return links(sources).filter(([from, to]) => {
    const [below, above] = [layerOf(to), layerOf(from)];
    return below > above || (below === above && folderOf(from) !== folderOf(to));
  }).map(([from, to]) => `${from} imports ${to}, against the order of folders`);
}

/** Cycles of imports, including types; each is reported once, from one of its files. */
export function cycles({ sources }: Project): string[] {
  const next = new Map(sources.map((s) => [s.path, s.imports.flatMap((i) => i.target ?? [])]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" -> "));
    if (at >= 0 || done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

/**
 * Exports nobody imports; those of src, nothing of src imports, since what only tests use is no part of the product. A
 * type that another declaration of its file uses is part of that one's signature.
 */
export function deadExports({ sources }: Project): string[] {
  const used = new Set(sources.flatMap(({ path, imports }) => imports
    .filter(({ target }) => target?.startsWith("src/") !== true || path.startsWith("src/"))
    .flatMap(({ target, names }) => names.map((name) => `${target}#${name}`))));
  return sources.filter((source) => !ENTRIES.has(source.path)).flatMap((source) => source.exports
    .filter(({ name }) => !used.has(`${source.path}#${name}`) && !used.has(`${source.path}#*`))
    .filter(({ name, isType }) => !(isType || isTypeDeclaration(source, name)) || mentions(source, name) < 2)
    .map(({ name }) => `${source.path} exports ${name}, which nobody imports`));
}

/** Packages imported where they must not be, or without a declared dependency. */
export function strayPackages({ sources, files }: Project): string[] {
  const manifest = JSON.parse(files.find((file) => file.path === "package.json")?.text ?? "{}") as Manifest;
  return sources.filter((source) => source.path.startsWith("src/")).flatMap((source) => source.imports
    .filter(({ specifier, target }) => target === undefined && !specifier.startsWith("node:"))
    .filter(({ specifier }) => !(packageOf(specifier) in { ...manifest.dependencies, ...manifest.peerDependencies })
      || RESERVED.some(([what, where]) => what.test(specifier) && !where.test(source.path)))
    .map(({ specifier }) => `${source.path} imports ${specifier}`));
}

/** Readers of the environment other than src/config.ts. */
export function environmentReaders({ sources }: Project): string[] {
  return sources.filter((source) => source.path.startsWith("src/") && source.path !== "src/config.ts")
    .flatMap((source) => where(source, (node) => memberText(node, source) === "process.env"))
    .map((place) => `${place} reads process.env`);
}

/** Asynchrony, Node, clock and randomness in the pure part. */
export function impurities({ sources }: Project): string[] {
  return sources.filter((source) => PURE.test(source.path)).flatMap((source) => [
    ...source.imports.map((i) => i.specifier).filter((specifier) => specifier.startsWith("node:"))
      .map((specifier) => `${source.path} imports ${specifier}`),
    ...where(source, (node) => isImpure(node, source)).map((place) => `${place} is not pure`),
  ]);
}

/** Files, other than the package's entry, that only re-export other files. */
export function barrels({ sources }: Project): string[] {
  return sources.filter((source) => !ENTRIES.has(source.path)).filter((source) => {
    const onlyPassesOn = source.exports.length > 0 && source.exports.every((e) => e.isReexport);
    return onlyPassesOn || /(?:^|\/)index\.ts$/.test(source.path);
  }).map((source) => `${source.path} is a barrel`);
}

/** Event files (they import `defineEvent`) that the table does not list. */
export function unlistedEvents({ sources }: Project): string[] {
  const table = sources.find((source) => source.path === "src/events/table.ts");
  const listed = new Set(table?.imports.map((i) => i.target));
  return sources.filter((source) => source.path.startsWith("src/events/") && source !== table)
    .filter((source) => source.imports.some((i) => i.names.includes("defineEvent")) && !listed.has(source.path))
    .map((source) => `${source.path} is not in src/events/table.ts`);
}

/** Imports of the client from outside its folder: it must run where nothing of the server can. */
export function clientImports({ sources }: Project): string[] {
  return sources.filter((source) => source.path.startsWith("src/client/")).flatMap((source) => source.imports
    .filter(({ target }) => target?.startsWith("src/client/") !== true)
    .map(({ specifier }) => `${source.path} imports ${specifier}, but the client stands alone`));
}

type Manifest = { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> };

/** Every import from a file of src to a file of src. */
function links(sources: readonly Source[]): Array<[string, string]> {
  return sources.filter((source) => source.path.startsWith("src/")).flatMap((source) =>
    source.imports.flatMap((i): Array<[string, string]> => i.target === undefined ? [] : [[source.path, i.target]]));
}

/**
 * Rank of a path: folders by LAYERS, where `""` stands for files directly under src; everything outside src ranks
 * above.
 */
function layerOf(path: string): number {
  if (!path.startsWith("src/")) return LAYERS.length + 1;
  const rank = LAYERS.findIndex((layer) => layer.includes(folderOf(path)));
  return rank < 0 ? LAYERS.length : rank;
}

function folderOf(path: string): string {
  return path.split("/").length > 2 ? path.split("/")[1] ?? "" : "";
}

function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function isTypeDeclaration(source: Source, name: string): boolean {
  return new RegExp(`export (?:declare )?(?:interface|type) ${name}\\b`).test(source.text);
}

function mentions(source: Source, name: string): number {
  return source.text.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
}

/** Places (`path:line`) of the nodes that satisfy a test. */
function where(source: Source, is: (node: Node) => boolean): string[] {
  const places: string[] = [];
  walk(source.program, (node) => {
    if (is(node)) places.push(`${source.path}:${lineAt(source, node.start)}`);
  });
  return places;
}

function memberText(node: Node, source: Source): string | undefined {
  return node.type === "MemberExpression" ? source.text.slice(node.start, node.end) : undefined;
}

function isImpure(node: Node, source: Source): boolean {
  if (node["async"] === true || node.type === "AwaitExpression") return true;
  const callee = (node["callee"] as Node | undefined)?.["name"];
  if (node.type === "NewExpression") return callee === "Date" && (node["arguments"] as Node[]).length === 0;
  if (node.type === "CallExpression") return /^set(?:Timeout|Interval|Immediate)$/.test(String(callee));
  const member = memberText(node, source) ?? "";
  return /^(?:Date\.now|Math\.random|performance\.now|(?:process|crypto)\.\w+)$/.test(member);
}
