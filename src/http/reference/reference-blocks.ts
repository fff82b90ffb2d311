// The reference as headings, paragraphs and tables, from the tables of events, operations, problems, types and keys.
import { MAX_CONTEXTUAL_TUPLES } from "../../checks/limits.ts";
import { EVENT_DESCRIPTIONS } from "../../events/descriptions.ts";
import { MAX_ID_LENGTH, MAX_ORG_ID_LENGTH } from "../../domain/event-limits.ts";
import { EVENTS } from "../../events/table.ts";
import { CHECKABLE } from "../../policy/checkable.ts";
import { ATHLETE_KEYS, LEVELS, ORG_KEYS, SECTIONS } from "../../policy/permission-keys.ts";
import { KINDS, seededRoles } from "../../policy/seeded-roles.ts";
import { PROBLEM_STATUS, type ProblemCode } from "../problem.ts";
import { PROBLEM_MEANINGS } from "../problem-meanings.ts";
import {
  MAX_CHECKS_PER_BATCH, MAX_ENTRIES_PER_PAGE, MAX_EVENT_BYTES, MAX_EVENTS_BYTES, MAX_EVENTS_PER_BATCH,
  MAX_FILTERED_OBJECTS, MAX_PAGE_SIZE, MAX_QUESTION_BYTES,
} from "../http-limits.ts";
import { scopesOf } from "../scope.ts";
import { fieldsOf } from "./event-schemas.ts";
import { OPERATIONS, SEND_EVENTS } from "./operations.ts";

/** A part of the reference. Texts may hold code between backticks. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

const heading = (level: 1 | 2 | 3, text: string): Block => ({ kind: "heading", level, text });
const paragraph = (text: string): Block => ({ kind: "paragraph", text });
const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({ kind: "table", head, rows });
const code = (text: string): string => `\`${text}\``;

/** Returns the whole reference. */
export function referenceBlocks(): Block[] {
  return [
    heading(1, "Reference"),
    paragraph("Events, questions, problems, types, keys, roles and limits. The same tables make `GET /openapi.json` "
      + "and validate what callers send."),
    ...operations(), ...events(), ...types(), ...keys(), ...problems(), ...limits(),
  ];
}

function operations(): Block[] {
  const all = [SEND_EVENTS, ...OPERATIONS];
  const groups = [...new Set(all.map(({ group }) => group))];
  return [heading(2, "Operations"), ...groups.flatMap((group) => [
    heading(3, group),
    table(["Operation", "Scope", "Purpose"], all.filter((each) => each.group === group).map((each) => {
      const [method = "", path = ""] = each.route.split(" ");
      const scopes = scopesOf(method, path).map(code).join(" or ");
      return [code(each.route.replaceAll(/:(\w+)/g, "{$1}")), scopes === "" ? "open" : scopes, each.summary];
    })),
  ])];
}

function events(): Block[] {
  return [
    heading(2, "Events"),
    paragraph("The system may send every event. A field without a default is required unless it is marked optional."),
    ...[...EVENTS.keys()].flatMap((type) => [
      heading(3, type),
      paragraph(`${EVENT_DESCRIPTIONS[type]!.does} An actor needs: ${EVENT_DESCRIPTIONS[type]!.actor}.`),
      table(["Field", "Default", "Meaning"], fieldsOf(type).map((field) => [
        code(field.name), field.default === undefined ? (field.isRequired ? "required" : "optional")
          : code(JSON.stringify(field.default)), field.means,
      ])),
    ]),
  ];
}

function types(): Block[] {
  return [
    heading(2, "Types and relations"),
    paragraph("The relations that an app may check. The object of a question is `type:id`."),
    table(["Type", "Relations"], Object.entries(CHECKABLE).map(([type, relations]) =>
      [code(type), relations.map(code).join(" ")])),
    paragraph(`An id has 1 to ${MAX_ID_LENGTH} of the characters A-Z a-z 0-9 _ . | @ + ~ -, at least one of them a `
      + `letter or digit; ids of orgs and roles have at most ${MAX_ORG_ID_LENGTH}.`),
  ];
}

function keys(): Block[] {
  const sections = Object.entries(SECTIONS).map(([section, resources]) => [section, resources.map(code).join(" ")]);
  return [
    heading(2, "Permission keys"),
    paragraph("The relation of a key has `_` for each `.`: the key `sessions.read` is the relation `sessions_read`."),
    table(["Kind", "Keys"], [
      ["of the org", ORG_KEYS.map(code).join(" ")], ["of athletes", ATHLETE_KEYS.map(code).join(" ")],
    ]),
    heading(3, "Program levels"),
    paragraph(`Each resource has the levels ${LEVELS.map(code).join(", ")}, as in \`roster.edit\`; each includes those `
      + "before it."),
    table(["Section", "Resources"], sections),
    heading(3, "Seeded roles"),
    table(["Kind of org", "Roles"], KINDS.map((kind) =>
      [code(kind), seededRoles(kind).map(({ id, scope }) => `${code(id)} (${scope})`).join(", ")])),
  ];
}

function problems(): Block[] {
  const codes = Object.keys(PROBLEM_MEANINGS) as ProblemCode[];
  return [
    heading(2, "Problems"),
    paragraph("A problem that is final needs a change before the request can succeed. One that is not can be sent "
      + "again as it is."),
    table(["Code", "Status", "Final", "Meaning", "Remedy"], codes.map((each) => {
      const { means, isFinal, action } = PROBLEM_MEANINGS[each];
      return [code(each), String(PROBLEM_STATUS[each]), isFinal ? "yes" : "no", means, action];
    })),
  ];
}

function limits(): Block[] {
  const rows: readonly (readonly [string, number, string])[] = [
    ["Body of a request with events", MAX_EVENTS_BYTES, "bytes"], ["One event", MAX_EVENT_BYTES, "bytes"],
    ["Events of a batch", MAX_EVENTS_PER_BATCH, "events"], ["Body of a question", MAX_QUESTION_BYTES, "bytes"],
    ["Checks of a batch", MAX_CHECKS_PER_BATCH, "checks"],
    ["Objects of `POST /filter`", MAX_FILTERED_OBJECTS, "objects"],
    ["Contextual tuples of a question", MAX_CONTEXTUAL_TUPLES, "tuples"],
    ["Entries of a page of `POST /objects` and of relationships", MAX_ENTRIES_PER_PAGE, "entries"],
    ["Entries of any other page", MAX_PAGE_SIZE, "entries"],
  ];
  return [
    heading(2, "Limits"),
    table(["Limit", "At most"], rows.map(([of, most, unit]) => [of, `${most.toLocaleString("en")} ${unit}`])),
  ];
}
