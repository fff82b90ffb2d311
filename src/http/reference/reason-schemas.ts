// The answer of explain as a schema, and the examples of its reference.
import { z } from "zod";

const event = z.object({
  type: z.string(), actor: z.string().nullable().describe("Null for the system's own event."),
  source: z.string().nullable(), id: z.string().nullable(),
  time: z.iso.datetime().nullable().describe("When it happened."),
  revision: z.int().nullable().describe("Place in the order of its org."),
}).describe("An event behind a tuple. What the store does not know is null.");

const condition = z.object({ name: z.string(), context: z.record(z.string(), z.unknown()) }).optional();
const tuple = z.object({ user: z.string(), relation: z.string(), object: z.string(), condition });
const present = tuple.extend({ since: event.nullable().describe("The event that wrote it, where it is known.") });
const absent = tuple.extend({ ended: event.optional().describe("The event that deleted it, where one did.") });

const rules = z.array(z.string()).describe("Numbers of the rules of the policy.");
const text = z.string().describe("One sentence, with ids for names.");

/** One reason of a yes. */
export const reason = z.object({ rules, text, tuples: z.array(present) })
  .describe("A minimal proof: no tuple of it can be left out.");

const missing = z.object({
  rules, text, present: z.array(present).describe("The tuples of this way that exist."),
  absent: z.array(absent).describe("Those that do not, or whose condition is not met. New objects are named `new`."),
  against: z.array(present).optional().describe("Tuples that take the access away, and would have to go."),
  events: z.array(z.object({ type: z.string(), data: z.looseObject({}), who: z.string() }))
    .describe("Events that bring it about."),
}).describe("One smallest way to a yes: no part of `absent` suffices.");

const token = z.string().describe("Names the state that the answer was read from.");
/** Marks an answer that may lack some. */
export const truncated = z.literal(true).optional().describe("There may be more.");

export const explainAnswer = z.union([
  z.object({ allowed: z.literal(true), token, reasons: z.array(reason), truncated }),
  z.object({ allowed: z.literal(false), token, missing: z.array(missing), truncated }),
]);

const SINCE = {
  type: "coaching.started", actor: "olivia", source: null, id: null, time: "2026-03-01T12:00:00.000Z", revision: 12,
};

export const EXPLAIN_EXAMPLE = {
  allowed: true, token: "WyJoYXJib3VyIiwxM10",
  reasons: [{
    rules: ["NP5"], text: "user:carl has current_coach on athlete:ada because user:carl is the coach of coaching:c1.",
    tuples: [{ user: "user:carl", relation: "coach", object: "coaching:c1", since: SINCE }],
  }],
};
