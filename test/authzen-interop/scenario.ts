// The three scenarios of the AuthZEN interop, and the answers of their store files to AuthZEN requests.
import { check, compileModel, createTupleSet, listObjects, listUsers } from "../../src/engine.ts";
import { readStory } from "../corpus/story.ts";

/** The part of an AuthZEN request that a decision depends on. */
export interface Request {
  readonly subject: { readonly type: string; readonly id?: string };
  readonly action?: { readonly name: string };
  readonly resource: {
    readonly type: string; readonly id?: string; readonly properties?: Readonly<Record<string, unknown>>;
  };
}

/** A store file that answers AuthZEN requests. */
export interface Scenario {
  readonly decide: (request: Request) => boolean;
  /** The results of a search: ids of subjects or of resources, or names of actions; sorted. */
  readonly search: (request: Request, actions: readonly string[]) => string[];
}

/** Loads a store file of this folder, by the name of its scenario. */
export function scenarioOf(name: "todo" | "search" | "gateway"): Scenario {
  const { model: text, tests } = readStory(`test/authzen-interop/${name}.fga.yaml`);
  const model = compileModel(text);
  const tuples = createTupleSet();
  for (const tuple of tests[0]?.tuples ?? []) tuples.add(tuple);
  const decide: Scenario["decide"] = ({ subject, action, resource }) => {
    const answer = check(model, tuples, {
      user: `${subject.type}:${subject.id}`, relation: action?.name ?? "", object: `${resource.type}:${resource.id}`,
      context: contextOf(resource),
    });
    return "allowed" in answer && answer.allowed;
  };
  const search: Scenario["search"] = ({ subject, action, resource }, actions) => {
    if (action === undefined) return actions.filter((each) => decide({ subject, action: { name: each }, resource }));
    const [user, object] = [`${subject.type}:${subject.id}`, `${resource.type}:${resource.id}`];
    const found = subject.id === undefined
      ? listUsers(model, tuples, { object, relation: action.name, userFilter: { type: subject.type } })
      : listObjects(model, tuples, { user, relation: action.name, type: resource.type });
    if ("error" in found) throw new Error(found.error.message);
    return ("users" in found ? found.users : found.objects).map((entity) => entity.replace(/^[^:]*:/, "")).sort();
  };
  return { decide, search };
}

/** Properties of the resource stand in the context of conditions as `resource_<name>`. */
function contextOf({ properties = {} }: Request["resource"]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`resource_${name}`, value]));
}
