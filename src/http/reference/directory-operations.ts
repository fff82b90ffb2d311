// The operations of the directory, for the reference.
import { PEOPLE_STATUSES } from "../../domain/directory.ts";
import { ROW_STATUSES } from "../../domain/relationships.ts";
import { HATS } from "../../policy/seeded-roles.ts";
import type { ProblemCode } from "../problem.ts";
import * as answers from "./answer-schemas.ts";
import { AS_OF, TOKEN, type Operation, type Parameter } from "./operation.ts";

const ORG: Parameter = { name: "org", in: "path", means: "Id of the org." };
const USER: Parameter = { name: "user", in: "path", means: "Id of the user." };
const ATHLETE: Parameter = { name: "athlete", in: "path", means: "Id of the athlete." };
const TEAM: Parameter = { name: "team", in: "path", means: "Id of the team." };

const ROWS: readonly Parameter[] = [
  { name: "status", in: "query", means: "Only rows with this status.", values: ROW_STATUSES },
  { name: "page_size", in: "query", means: "Rows in a page, 1 to 1,000; 100 by default." },
  { name: "continuation_token", in: "query", means: "Token of the page before." }, TOKEN, AS_OF,
];
const ROWS_EXAMPLE = {
  relationships: [{
    row: "coaching:ada.carl", coach: "carl", athlete: "ada", org: "harbour", role: "head_coach", overrides: {},
    status: "active", started_at: "2026-03-01T12:00:00.000Z", ended_at: null,
  }],
  continuation_token: "",
};
const PROBLEMS: readonly ProblemCode[] = ["invalid_request", "unknown_entity", "store_unavailable"];

/** The operations, in the order of the reference. */
export const DIRECTORY: readonly Operation[] = [
  {
    route: "GET /orgs/:org/members", group: "Directory", summary: "The members of an org, and its open invites (PR4).",
    parameters: [
      ORG, { name: "hat", in: "query", means: "Only people with this hat.", values: HATS },
      { name: "status", in: "query", means: "Only people with this status.", values: PEOPLE_STATUSES }, TOKEN, AS_OF,
    ],
    answer: { schema: answers.membersAnswer }, problems: PROBLEMS,
  },
  {
    route: "GET /orgs/:org/members/:user", group: "Directory", summary: "One member of an org, active or not.",
    parameters: [ORG, USER, TOKEN, AS_OF], answer: { schema: answers.memberAnswer }, problems: PROBLEMS,
  },
  {
    route: "GET /athletes/:athlete", group: "Directory", summary: "An athlete: the org, the linked account, the teams.",
    parameters: [ATHLETE, TOKEN, AS_OF], problems: PROBLEMS,
    answer: { schema: answers.athleteAnswer,
      example: { athlete: "ada", org: "harbour", account: null, teams: ["juniors"] } },
  },
  {
    route: "GET /teams/:team", group: "Directory", summary: "A team: the org, the head coach, the athletes.",
    parameters: [TEAM, TOKEN, AS_OF], problems: PROBLEMS,
    answer: { schema: answers.teamAnswer,
      example: { team: "juniors", org: "harbour", head_coach: "carl", athletes: ["ada"] } },
  },
  {
    route: "GET /athletes/:athlete/relationships", group: "Directory",
    summary: "The coaches' rows over an athlete and over the athlete's teams, sorted by row, page by page.",
    parameters: [ATHLETE, ...ROWS], problems: PROBLEMS,
    answer: { schema: answers.relationshipsAnswer, example: ROWS_EXAMPLE },
  },
  {
    route: "GET /teams/:team/relationships", group: "Directory",
    summary: "The coaches' rows over a team, sorted by row, page by page.",
    parameters: [TEAM, ...ROWS], problems: PROBLEMS, answer: { schema: answers.relationshipsAnswer },
  },
  {
    route: "GET /users/:user/relationships", group: "Directory",
    summary: "The rows of a coach, sorted by row, page by page: those to end when the coach leaves.",
    parameters: [USER, { name: "org", in: "query", means: "Only rows of this org." }, ...ROWS],
    problems: ["invalid_request", "store_unavailable"], answer: { schema: answers.relationshipsAnswer },
  },
  {
    route: "GET /orgs/:org/roles", group: "Directory", summary: "The permission matrix of an org (PM1, PR1).",
    parameters: [ORG, TOKEN, AS_OF], answer: { schema: answers.rolesAnswer },
    problems: PROBLEMS,
  },
  {
    route: "GET /users/:user/workspaces", group: "Directory", summary: "The orgs of a user, and where they land (IN3).",
    parameters: [USER, TOKEN, AS_OF],
    answer: { schema: answers.workspacesAnswer }, problems: ["invalid_request", "store_unavailable"],
  },
  {
    route: "GET /invites/:invite", group: "Directory", summary: "An invite and its status, for the holder of its link.",
    parameters: [{ name: "invite", in: "path", means: "Id of the invite." }, TOKEN, AS_OF],
    answer: { schema: answers.inviteAnswer }, problems: PROBLEMS,
  },
];
