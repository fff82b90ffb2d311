// Makes the types of the client from the tables: relations with the rules above them in model.fga, payloads of events,
// problem codes, permission keys. A test keeps src/client/generated/ equal to what this prints.

const LINE_LENGTH = 120;
const FOLDER = "src/client/generated";

/** Number of relations under one comment of model.fga from which on its text would only be repeated. */
const SHARED_BY = 5;

/** Types of fields that are narrower than their schemas can say, by `<event>.<field>` or by field. */
const FIELD_TYPES = {
  "artifact.finalized.artifact": "FinalizableName", "artifact.reopened.artifact": "FinalizableName",
  artifact: "ArtifactName", keys: "readonly PermissionKey[]",
  overrides: "{ readonly [Key in AthleteKey]?: boolean }",
  under: "`coaching:${string}` | `team_assignment:${string}`",
};

/** Files of the payloads: the first word of the events in each. */
const EVENT_FILES = [
  ["org-events", "OrgEvents", ["platform", "org", "member", "role"]],
  ["roster-events", "RosterEvents", ["team", "team_assignment", "athlete", "coaching"]],
  ["content-events", "ContentEvents", ["note", "activity", "artifact", "invite"]],
];

/** Files of the relations of one type; the other types share one file. */
const LARGE_TYPES = ["org", "athlete"];

/**
 * Returns the text of each generated file by its path. `tables` are those that the server works with, `model` is the
 * text of model.fga.
 */
export function printClientTypes(tables, model) {
  return new Map([
    ...relationFiles(tables.checkable, commentsOf(model), keyNames(tables.keys)),
    ...EVENT_FILES.map(([file, name, groups]) => eventFile(file, name, groups, tables.events)),
    allEventsFile(), keyFile(tables), codeFile(tables.problems, tables.refusals), limitFile(tables.limits),
  ].map(([file, lines]) => [`${FOLDER}/${file}.ts`, `${lines.join("\n")}\n`]));
}

function relationFiles(checkable, comments, keys) {
  const nameOf = (type) => `${pascal(type)}Relations`;
  const members = (type) => checkable[type].flatMap((relation) =>
    [...doc(relationText(comments, keys, type, relation), "  "), `  ${relation}: true;`]);
  const body = (type) => [
    `/** The relations of \`${type}\` that an app may check. docs/rules.md has the rules. */`,
    `export interface ${nameOf(type)} {`, ...members(type), "}",
  ];
  const large = LARGE_TYPES.map((type) =>
    [`${type}-relations`, [`// Generated: the relations of ${type} that an app may check.`, ...body(type)]]);
  const others = Object.keys(checkable).filter((type) => !LARGE_TYPES.includes(type));
  return [...large, ["relations", [
    "// Generated: the relations that an app may check, by type.",
    ...LARGE_TYPES.map((type) => `import type { ${nameOf(type)} } from "./${type}-relations.ts";`), "",
    ...others.flatMap((type) => [...body(type).map((line) => line.replace(/^export /, "")), ""]),
    "/** The relations that an app may check, by type. */", "export interface Relations {",
    ...Object.keys(checkable).map((type) => `  ${type}: ${nameOf(type)};`), "}",
  ]]];
}

function relationText(comments, keys, type, relation) {
  const { text, sharers } = comments.get(`${type}#${relation}`);
  const key = keys.get(relation);
  if (key === undefined) return text;
  if (sharers < SHARED_BY) return `The key \`${key}\`. ${text}`;
  const rules = [...new Set(text.match(/\b(?:AC|NP|IN|PR|PM|S)\d+a?\b/g))];
  return `The key \`${key}\`. Rules ${rules.join(", ")}.`;
}

/** Returns the comment above each `define`, by `type#relation`, and the number of lines that share it. */
function commentsOf(model) {
  const found = new Map();
  let [type, block] = ["", { lines: [], relations: [] }];
  for (const line of model.split("\n")) {
    type = /^type (\w+)/.exec(line)?.[1] ?? type;
    const comment = /^\s*#(?: (.*))?$/.exec(line)?.[1];
    const relation = /^ {4}define (\w+):/.exec(line)?.[1];
    if (relation !== undefined) {
      block.relations.push(relation);
      found.set(`${type}#${relation}`, block);
    } else if (comment === undefined) {
      block = { lines: [], relations: [] };
    } else {
      if (block.relations.length > 0) block = { lines: [], relations: [] };
      block.lines.push(comment);
    }
  }
  return new Map([...found].map(([name, { lines, relations }]) =>
    [name, { text: prose(lines), sharers: relations.length }]));
}

/** Returns the sentences of a comment, without its tables and its pointers to other lines. */
function prose(lines) {
  const sentences = lines.filter((line, i) => !line.startsWith("  ") && !(lines[i + 1] ?? "").startsWith("  "));
  return sentences.join(" ").replaceAll(/(?:,? -> [\w#]+)+/g, "").trim();
}

/** Returns the keys by their relations. */
function keyNames({ org, athlete, levels }) {
  return new Map([...org, ...athlete, ...levels].map((key) => [key.replaceAll(".", "_"), key]));
}

function eventFile(file, name, groups, events) {
  const mine = events.filter(({ type }) => groups.includes(type.split(".")[0]));
  const bodies = mine.flatMap(({ type, does, actor, fields }) => [
    ...doc(`${does} An actor needs: ${actor}.`, "  "), `  "${type}": {`,
    ...fields.flatMap((field) => fieldLines(type, field)), "  };",
  ]);
  const names = ["ArtifactName", "FinalizableName", "AthleteKey", "PermissionKey"].filter((each) =>
    bodies.some((line) => new RegExp(`\\b${each}\\b`).test(line)));
  const imports = names.length === 0 ? [] : [`import type { ${names.sort().join(", ")} } from "./key-names.ts";`, ""];
  return [file, [
    `// Generated: payloads of the events of ${groups.join(", ")}.`, ...imports,
    `/** Payloads by event, of ${groups.join(", ")}. */`, `export interface ${name} {`, ...bodies, "}",
  ]];
}

function fieldLines(type, { name, means, isRequired, default: preset, schema }) {
  const text = preset === undefined ? means : `${means} Default: \`${JSON.stringify(preset)}\`.`;
  const as = FIELD_TYPES[`${type}.${name}`] ?? FIELD_TYPES[name] ?? typeOf(schema);
  return [...doc(text, "    "), `    readonly ${name}${isRequired ? `: ${as}` : `?: ${as} | undefined`};`];
}

/** Returns the TypeScript type of a JSON Schema. Throws for a form that no payload has so far. */
function typeOf(schema) {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array") return `readonly (${typeOf(schema.items)})[]`;
  const plain = { string: "string", boolean: "boolean", integer: "number", null: "null" }[schema.type];
  if (plain === undefined) throw new Error(`no type for the schema ${JSON.stringify(schema)}`);
  return plain;
}

function allEventsFile() {
  return ["event-data", [
    "// Generated: the payloads of all events.",
    ...EVENT_FILES.map(([file, name]) => `import type { ${name} } from "./${file}.ts";`).sort(), "",
    "/** Payloads by event. */",
    `export interface EventData extends ${EVENT_FILES.map(([, name]) => name).join(", ")} {}`,
  ]];
}

function keyFile({ keys, artifacts, finalizable }) {
  const union = (values) => values.map((value) => `| ${JSON.stringify(value)}`);
  return ["key-names", [
    "// Generated: permission keys, and names of artifacts.",
    "/** A key that acts on the whole org (PM1). */", "type OrgKey =", ...filled(union(keys.org)),
    "", "/** A key that acts on one athlete (PM1). */", "export type AthleteKey =", ...filled(union(keys.athlete)),
    "", "/** A resource of a program at a level (PR1). */", "type ProgramLevel =", ...filled(union(keys.levels)),
    "", "/** A key that a role may hold. */", "export type PermissionKey = OrgKey | AthleteKey | ProgramLevel;",
    "", "/** An artifact or a library entry as `type:id`. */", "export type ArtifactName =",
    ...filled(artifacts.map((type) => `| \`${type}:\${string}\``)),
    "", "/** An artifact that can be finalized. */", "export type FinalizableName =",
    ...filled(finalizable.map((type) => `| \`${type}:\${string}\``)),
  ]];
}

/** Refusals caused by the sender's API key, the server's version or the batch, and not by the event. */
const OF_SENDER = ["actor_required", "unknown_event_type", "batch_too_large"];

function codeFile(problems, refusals) {
  const printed = (codes) => codes.map((code) => JSON.stringify(code));
  const temporary = printed(problems.filter(({ isFinal }) => !isFinal).map(({ code }) => code));
  const verdicts = printed(problems.filter(({ code, isFinal }) =>
    isFinal && refusals.includes(code) && !OF_SENDER.includes(code)).map(({ code }) => code));
  return ["problem-codes", [
    "// Generated: the codes of problems.", "/** The codes of problems, with the status of each. */",
    "export interface ProblemCodes {",
    ...problems.flatMap(({ code, status, means, action }) =>
      [...doc(`${means} ${action}`, "  "), `  ${code}: ${status};`]),
    "}", "", "/** The codes of problems after which the same request can succeed later without any change. */",
    "export const TEMPORARY_CODES: readonly string[] = [", `  ${temporary.join(", ")},`, "];",
    "", "/** The codes with which the server judges an event and refuses it. */",
    "export const VERDICT_CODES: readonly string[] = [", ...wrapped(verdicts.map((code) => `${code},`), "  "), "];",
  ]];
}

function limitFile(limits) {
  return ["request-limits", [
    "// Generated: the limits of the server that the client keeps to.",
    ...limits.flatMap(({ name, value, means }) => [...doc(means, ""), `export const ${name} = ${value};`]),
  ]];
}

/** Returns a docstring, on one line where it fits. */
function doc(text, indent) {
  const line = `${indent}/** ${text} */`;
  if (line.length <= LINE_LENGTH) return [line];
  return [`${indent}/**`, ...wrapped(text.split(" "), `${indent} * `), `${indent} */`];
}

/** Returns the members of a union, as many on a line as fit. */
function filled(members) {
  const lines = wrapped(members, "  ");
  return [...lines.slice(0, -1), `${lines.at(-1)};`];
}

function wrapped(words, indent) {
  const lines = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length >= LINE_LENGTH) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function pascal(name) {
  return name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
