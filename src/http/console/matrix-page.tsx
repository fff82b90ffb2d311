// The permission matrix of an org: roles by keys and levels, in the sections of the policy (PM1, PR1).
import type { Child } from "hono/jsx";
import type { z } from "zod";
import type { rolesAnswer } from "../reference/answer-schemas.ts";
import { LEVELS, ORG_KEYS, ROW_ORG_KEYS, ATHLETE_KEYS } from "../../policy/permission-keys.ts";
import { ROLES_PER_PAGE } from "./console-limits.ts";
import { Refusal } from "./page-parts.tsx";
import { ThingFrame } from "./thing-frame.tsx";
import { statusOf, type Page, type Visit } from "./visit.ts";

type Matrix = z.infer<typeof rolesAnswer>;
type Role = Matrix["roles"][number];

/** Returns the matrix tab of an org. */
export async function matrixPage(visit: Visit, org: string): Promise<Page> {
  const matrix = await visit.api.get<Matrix>(`/orgs/${encodeURIComponent(org)}/roles`);
  return {
    title: `Matrix of org ${org}`, ...(matrix.ok ? {} : { status: statusOf(matrix.status) }),
    content: (
      <ThingFrame visit={visit} type="org" id={org} tab="matrix">
        {matrix.ok ? <MatrixOf visit={visit} org={org} matrix={matrix.body} /> : <Refusal refused={matrix} />}
      </ThingFrame>
    ),
  };
}

function MatrixOf({ visit, org, matrix }: { visit: Visit; org: string; matrix: Matrix }) {
  const { sections } = matrix;
  const at = matrix.roles.findIndex(({ role }) => role === visit.query["after"]) + 1;
  const roles = matrix.roles.slice(at, at + ROLES_PER_PAGE);
  const next = at + ROLES_PER_PAGE < matrix.roles.length ? roles.at(-1)?.role : undefined;
  return (
    <>
      <p class="lead">Members hold org roles; coaching rows and team assignments hold athlete roles.
        {!visit.may("check") ? null : <> For what one coach has on one athlete, overrides included, see{" "}
          <a href={visit.links.page(["keys"])}>effective keys</a>.</>}</p>
      <p class="legend"><span class="has">yes</span>,{" "}
        {LEVELS.map((level) => <><span class={`level ${level}`}>{level}</span> </>)}: the role has the key, or the
        level.{" "}
        <span class="not" aria-hidden="true" /><span class="unseen">no</span>: it does not. An empty cell: no role on an
        athlete can have it.</p>
      <div class="wide matrix" role="region" aria-label={`Roles and keys of org ${org}`} tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Key or resource</th>
              {roles.map((role) => <RoleHead role={role} />)}
            </tr>
          </thead>
          {Object.entries(sections).map(([section, names]) => (
            <tbody>
              <tr class="section">
                <th scope="rowgroup" colspan={roles.length + 1}>{section}</th>
              </tr>
              {names.map((name) => (
                <tr>
                  <th scope="row"><code>{name}</code></th>
                  {roles.map((role) => <td>{cellOf(role, name)}</td>)}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {next === undefined ? null
        : <p><a rel="next" href={visit.links.thing("org", org, "matrix", { after: next })}>
          Next {ROLES_PER_PAGE} roles</a></p>}
    </>
  );
}

function RoleHead({ role }: { role: Role }) {
  const kind = role.locked ? "locked" : role.system ? "" : "custom";
  return (
    <th scope="col" id={`role-${encodeURIComponent(role.role)}`}>
      <b>{role.role}</b>
      <span class="quiet">{`${role.scope} role`}</span>
      <span class="quiet">{role.holders === 1 ? "1 holder" : `${role.holders} holders`}</span>
      {kind === "" ? null : <span class="chip">{kind}</span>}
    </th>
  );
}

const KEYS: ReadonlySet<string> = new Set([...ORG_KEYS, ...ATHLETE_KEYS]);
const ROW_KEYS: ReadonlySet<string> = new Set([...ROW_ORG_KEYS, ...ATHLETE_KEYS]);

/** Shows what a role has of a key (yes or not) or of a resource (its level). */
function cellOf(role: Role, name: string): Child {
  if (role.scope === "athlete" && !ROW_KEYS.has(name)) return <span class="never" title="No role on an athlete has it">
    <span class="unseen">not possible</span></span>;
  if (KEYS.has(name)) {
    return role.keys.includes(name) ? <span class="has">yes</span>
      : <span class="not"><span class="unseen">no</span></span>;
  }
  const level = LEVELS.findLast((each) => role.keys.includes(`${name}.${each}`));
  return level === undefined ? <span class="not"><span class="unseen">none</span></span>
    : <span class={`level ${level}`}>{level}</span>;
}
