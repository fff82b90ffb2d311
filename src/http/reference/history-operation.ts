// The operation of the history, with the schema of its answer, for the reference.
import { z } from "zod";
import { OUTCOMES } from "../../history/event-history.ts";
import { TOKEN, type Operation } from "./operation.ts";

const key = z.object({ user: z.string(), relation: z.string(), object: z.string() });
const condition = z.object({ name: z.string(), context: z.record(z.string(), z.unknown()) }).optional();

const event = z.object({
  type: z.string(), actor: z.string().nullable().describe("Null for the system's own event."),
  source: z.string().nullable().describe("As sent, 512 characters at most, without email addresses."),
  id: z.string().nullable().describe("As sent, 512 characters at most, without email addresses."),
  org: z.string().nullable().describe("Null for the platform's events, and for refused ones about an unknown object."),
  revision: z.int().nullable().describe("Place in the order of its org; null for a refused event."),
  time: z.iso.datetime().describe("When it happened."), recorded: z.iso.datetime().describe("When it was stored."),
  outcome: z.enum(OUTCOMES), code: z.string().optional().describe("Why it was refused."),
  about: z.array(z.string()).optional().describe("The users and objects that a refused event names, as `type:id`, "
    + "without names that look like email addresses and without the ids of invites."),
  changes: z.object({ write: z.array(key.extend({ condition })), delete: z.array(key) })
    .describe("The tuples of access that it changed, without bookkeeping."),
});

export const historyAnswer = z.object({
  events: z.array(event), continuation_token: z.string().describe("Token of the next page; empty at the end."),
});

/** The operation. */
export const HISTORY: Operation = {
  route: "GET /history", group: "Questions",
  summary: "The applied and the refused events with their actors and changes, newest first, page by page.",
  parameters: [
    { name: "org", in: "query", means: "Only events of this org. Without it, the key also needs the scope admin." },
    { name: "user", in: "query", means: "Only events that this user sent, or that concern this user." },
    { name: "object", in: "query", means: "Only events that concern this object, `type:id`." },
    { name: "type", in: "query", means: "Only events of this type." },
    { name: "since", in: "query", means: "Only events stored at this time or later, in RFC 3339." },
    { name: "until", in: "query", means: "Only events stored before this time, in RFC 3339." },
    { name: "outcome", in: "query", means: "Only applied or only refused events.", values: OUTCOMES },
    { name: "page_size", in: "query", means: "Events in a page at most, 1 to 1,000; 100 by default." },
    { name: "continuation_token", in: "query", means: "Token of the page before." }, TOKEN,
  ],
  answer: {
    schema: historyAnswer,
    example: {
      events: [{
        type: "coaching.ended", actor: "carl", source: "/app", id: "7", org: "harbour", revision: 7,
        time: "2026-03-01T12:00:00.000Z", recorded: "2026-03-01T12:00:00.000Z", outcome: "applied",
        changes: { write: [], delete: [{ user: "athlete:ada", relation: "active_on", object: "coaching:c1" }] },
      }],
      continuation_token: "",
    },
  },
  problems: ["invalid_request", "store_unavailable", "not_supported"],
};
