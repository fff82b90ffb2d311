// The command `history`: lists the events of a running server, newest first.
import type { Command } from "commander";
import type { HistoryEvent } from "../client/history.ts";
import { misfit, recordOf } from "../client/sideline-error.ts";
import {
  addServerCommand, ask, connectionOf, EXIT, exiting, say, sayJson, UsageError, type ServerChoice,
} from "./command-line.ts";
import { DEFAULT_EVENTS_LISTED, HISTORY_PAGE_SIZE } from "./command-limits.ts";

/** Filters of the command, by the name of their option and of their field. */
const FILTERS = {
  org: "only events of this org; without it the key also needs the scope admin",
  user: "only events that this user sent, or that concern this user",
  object: "only events that concern this object, such as athlete:ada",
  type: "only events of this type, such as coaching.ended",
  since: "only events stored at this time or later, in RFC 3339",
  until: "only events stored before this time, in RFC 3339",
  outcome: "only events with this outcome: applied or refused",
} as const;

type HistoryChoice = ServerChoice & { readonly [Name in keyof typeof FILTERS]?: string } & { readonly limit: string };

/** Adds the command. */
export function addHistoryCommand(program: Command): void {
  const command = addServerCommand(program, {
    usage: "history", summary: "list the applied and refused events, newest first",
    details: [
      "Prints one event a line: when it was stored, its org, type, actor, and what it changed; for a refused one, why,",
      "and the users and objects that it names.",
      "Needs an API key of scope read.",
    ],
    example: "sideline history --org harbour --user carl\n"
      + "# 2026-03-01T12:00:00.000Z harbour coaching.ended by olivia +0 -1",
  });
  for (const [name, means] of Object.entries(FILTERS)) command.option(`--${name} <${name}>`, means);
  command.option("--limit <count>", "number of events at most", String(DEFAULT_EVENTS_LISTED))
    .action(exiting(runHistory));
}

async function runHistory(options: HistoryChoice): Promise<number> {
  if (!/^[1-9]\d{0,8}$/.test(options.limit)) throw new UsageError("--limit must be a number of events, 1 or more");
  const connection = connectionOf(options);
  const query = new URLSearchParams();
  for (const name of Object.keys(FILTERS) as (keyof typeof FILTERS)[]) {
    const value = options[name];
    if (value !== undefined) query.set(name, value);
  }
  const all: HistoryEvent[] = [];
  for (let left = Number(options.limit); left > 0;) {
    query.set("page_size", String(Math.min(left, HISTORY_PAGE_SIZE)));
    const { events, continuation_token: next } = recordOf(await ask(connection, `/history?${query}`));
    if (!Array.isArray(events)) throw misfit("events");
    if (typeof next !== "string") throw misfit("continuation_token");
    if (options.json === true) all.push(...events as HistoryEvent[]);
    else for (const event of events as HistoryEvent[]) say(lineOf(event));
    left -= events.length;
    if (next === "") break;
    query.set("continuation_token", next);
  }
  if (options.json === true) sayJson({ events: all });
  return EXIT.yes;
}

function lineOf({ recorded, org, type, actor, outcome, code, about = [], changes }: HistoryEvent): string {
  const named = about.length === 0 ? "" : ` about ${about.join(" ")}`;
  const end = outcome === "refused" ? `refused: ${code}${named}` : `+${changes.write.length} -${changes.delete.length}`;
  return `${recorded} ${org ?? "-"} ${type} by ${actor ?? "the system"} ${end}`;
}
