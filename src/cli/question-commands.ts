// The commands `check`, `list` and `who`: one question to a running server each.
import type { Command } from "commander";
import { readAllowed } from "../client/check-gathering.ts";
import { misfit, recordOf } from "../client/sideline-error.ts";
import {
  addServerCommand, ask, connectionOf, EXIT, exiting, say, sayJson, UsageError, type ServerChoice,
} from "./command-line.ts";

/** Options of every question. */
interface QuestionChoice extends ServerChoice {
  readonly context?: string;
  readonly asOf?: string;
}

const CONTEXT = ["--context <json>", "values for conditions, such as '{\"subject_team\":\"red\"}'"] as const;
const AS_OF = ["--as-of <when>", "answer as the state was then: an RFC 3339 time, or the token of an event"] as const;

/** Adds the commands. */
export function addQuestionCommands(program: Command): void {
  addServerCommand(program, {
    usage: "check <user> <relation> <object>", summary: "ask whether a user has a relation to an object",
    details: ["Prints yes or no. Exit status: 0 yes, 1 no, 2 wrong usage, 3 no answer."],
    example: "sideline check user:carl can_read note:n1\n# yes",
  }).option(...CONTEXT).option(...AS_OF).action(exiting(runCheck));
  addServerCommand(program, {
    usage: "list <user> <relation> <type>", summary: "list the objects of a type that a user has a relation to",
    details: ["Prints one object a line, sorted; the list is complete."],
    example: "sideline list user:carl can_read note\n# note:n1",
  }).option(...CONTEXT).option(...AS_OF).action(exiting(runList));
  addServerCommand(program, {
    usage: "who <relation> <object>", summary: "list the users who have a relation to an object",
    details: ["Prints one user a line, sorted. user:* stands for everybody."],
    example: "sideline who can_read note:n1\n# user:carl",
  }).option("--type <type>", "type of the users, such as user or team#coach", "user")
    .option(...CONTEXT).option(...AS_OF)
    .action(exiting(runWho));
}

async function runCheck(user: string, relation: string, object: string, options: QuestionChoice): Promise<number> {
  expectEntity("user", user);
  expectEntity("object", object);
  const key = { user, relation, object };
  const body = { tuple_key: key, ...contextOf(options) };
  const allowed = readAllowed(await ask(connectionOf(options), "/check", body, stateOf(options)));
  if (options.json === true) sayJson({ ...key, allowed });
  else say(allowed ? "yes" : "no");
  return allowed ? EXIT.yes : EXIT.no;
}

async function runList(user: string, relation: string, type: string, options: QuestionChoice): Promise<number> {
  expectEntity("user", user);
  if (type.includes(":")) throw new UsageError(`the type is written without a colon, such as note: ${type}`);
  const body = { user, relation, type, ...contextOf(options) };
  const { objects } = recordOf(await ask(connectionOf(options), "/list-objects", body, stateOf(options)));
  if (!Array.isArray(objects) || !objects.every((each) => typeof each === "string")) throw misfit("objects");
  printAll("objects", objects as string[], options);
  return EXIT.yes;
}

async function runWho(
  relation: string, object: string, options: QuestionChoice & { readonly type: string },
): Promise<number> {
  expectEntity("object", object);
  const [type = "", userRelation] = options.type.split("#");
  const colon = object.indexOf(":");
  const body = {
    object: { type: object.slice(0, colon), id: object.slice(colon + 1) }, relation,
    user_filters: [{ type, ...(userRelation === undefined ? {} : { relation: userRelation }) }],
    ...contextOf(options),
  };
  const { users } = recordOf(await ask(connectionOf(options), "/list-users", body, stateOf(options)));
  if (!Array.isArray(users)) throw misfit("users");
  printAll("users", users.map(userOf), options);
  return EXIT.yes;
}

function printAll(name: string, found: readonly string[], { json }: ServerChoice): void {
  const sorted = [...found].sort();
  if (json === true) sayJson({ [name]: sorted });
  else for (const each of sorted) say(each);
}

/** Returns the text of a user of list-users: an object, a userset or a wildcard. */
function userOf(user: unknown): string {
  const { object, userset, wildcard } = recordOf(user);
  const [whole, part, all] = [recordOf(object), recordOf(userset), recordOf(wildcard)];
  if (object !== undefined) return `${String(whole["type"])}:${String(whole["id"])}`;
  if (userset !== undefined) return `${String(part["type"])}:${String(part["id"])}#${String(part["relation"])}`;
  if (wildcard !== undefined) return `${String(all["type"])}:*`;
  throw misfit("users of a known form");
}

function stateOf({ asOf }: QuestionChoice): Readonly<Record<string, string>> {
  return asOf === undefined ? {} : { "sideline-as-of": asOf };
}

function contextOf({ context }: QuestionChoice): { readonly context?: object } {
  if (context === undefined) return {};
  try {
    const value: unknown = JSON.parse(context);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { context: value };
  } catch {
    // Refused below, like every other text that is no JSON object.
  }
  throw new UsageError("--context must be a JSON object");
}

function expectEntity(what: string, text: string): void {
  if (/^[^:\s]+:\S+$/.test(text)) return;
  throw new UsageError(`a${what === "user" ? "" : "n"} ${what} is <type>:<id>, such as user:carl or note:n1: ${text}`);
}
