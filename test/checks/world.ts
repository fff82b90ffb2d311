// A small world for tests of the evaluator: a model, tuples written as `object#relation@user`, and short questions.
import {
  check, compileModel, createTupleSet, expand, listObjects, listUsers, type AuthorizationModelJson, type Model,
  type Tuple, type TupleCondition,
  type TupleSet,
} from "../../src/engine.ts";

type Context = Record<string, unknown>;
interface Circumstances {
  context?: Context;
  contextual?: readonly Tuple[];
}

/** A tuple from `doc:1#viewer@user:anne`, with an optional condition. */
export function tuple(text: string, condition?: string, context: Context = {}): Tuple {
  const [, object, relation, user] = /^([^#]+)#([^@]+)@(.+)$/.exec(text) as unknown as [string, string, string, string];
  if (condition === undefined) return { object, relation, user };
  return { object, relation, user, condition: { name: condition, context } satisfies TupleCondition };
}

export class World {
  readonly model: Model;
  readonly tuples: TupleSet = createTupleSet();

  /** `model` is JSON, or the DSL without its first two lines. */
  constructor(model: string | AuthorizationModelJson, ...tuples: (string | Tuple)[]) {
    this.model = compileModel(typeof model === "string" ? `model\n  schema 1.1\n${model}` : model);
    for (const each of tuples) this.tuples.add(typeof each === "string" ? tuple(each) : each);
  }

  /** The answer to a check written like a tuple: true, false or the error's code. */
  check(question: string, { context, contextual }: Circumstances = {}): boolean | string {
    const answer = check(this.model, this.tuples, { ...tuple(question), context, contextualTuples: contextual });
    return "error" in answer ? answer.error.code : answer.allowed;
  }

  /** Objects of `type` to which `user` has `relation`, sorted, or the error's code. */
  objects(type: string, relation: string, user: string, asked: Circumstances = {}): string[] | string {
    const { context, contextual: contextualTuples } = asked;
    const answer = listObjects(this.model, this.tuples, { type, relation, user, context, contextualTuples });
    return "error" in answer ? answer.error.code : answer.objects.toSorted();
  }

  /** Users of a filter such as `user` or `group#member`, sorted, or the error's code. */
  users(object: string, relation: string, filter: string, asked: Circumstances = {}): string[] | string {
    const { context, contextual: contextualTuples } = asked;
    const [type, of] = filter.split("#") as [string, string | undefined];
    const request = { object, relation, userFilter: { type, relation: of }, context, contextualTuples };
    const answer = listUsers(this.model, this.tuples, request);
    return "error" in answer ? answer.error.code : answer.users.toSorted();
  }

  expand(object: string, relation: string, contextual?: readonly Tuple[]): unknown {
    const answer = expand(this.model, this.tuples, { object, relation, contextualTuples: contextual });
    return "error" in answer ? answer.error.code : answer.tree.root;
  }
}
