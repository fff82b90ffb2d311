// The published evaluator: its types allow only the sets that it can answer from.
import { expect, test } from "vitest";
import { check, compileModel, createTupleSet, type Tuple, type TupleSet } from "../src/engine.ts";

const MODEL = compileModel(`
  model
    schema 1.1
  type user
  type document
    relations
      define viewer: [user]
`);
const QUESTION = { user: "user:ann", relation: "viewer", object: "document:1" };
const TUPLE: Tuple = { object: "document:1", relation: "viewer", user: "user:ann" };

/** Every method of a tuple set, on an array. */
class ForeignSet {
  readonly size = 1;
  add = (): boolean => false;
  delete = (): boolean => false;
  has = (): boolean => true;
  get = (): Tuple => TUPLE;
  users = (): string[] => [TUPLE.user];
  objects = (): string[] => [TUPLE.object];
  read = (): Iterable<Tuple> => [TUPLE];
}

test("a set of another implementation does not compile, and is refused where it comes from JavaScript", () => {
  const foreign = new ForeignSet();
  // @ts-expect-error Only createTupleSet makes a TupleSet.
  const set: TupleSet = foreign;
  expect(() => check(MODEL, set, QUESTION)).toThrow("a tuple set must come from createTupleSet()");
});

test("what a foreign set lacks is the mark alone", () => {
  // The methods are all there, so that the error above can have no other reason.
  const methods: Pick<TupleSet, "size" | "add" | "delete" | "has" | "get" | "users" | "objects" | "read"> =
    new ForeignSet();
  const own = createTupleSet();
  for (const tuple of methods.read({})) own.add(tuple);
  expect(check(MODEL, own, QUESTION)).toEqual({ allowed: true });
});

test("the context of a question is its clock: without current_time, a condition that needs it is an error", () => {
  const model = compileModel(`
    model
      schema 1.1
    type user
    type document
      relations
        define viewer: [user with unexpired]
    condition unexpired(current_time: timestamp, until: timestamp) { current_time < until }
  `);
  const tuples = createTupleSet();
  const until = "2100-01-01T00:00:00Z";
  tuples.add({ ...TUPLE, condition: { name: "unexpired", context: { until } } });
  const at = (context?: Record<string, unknown>) => check(model, tuples, { ...QUESTION, context });
  expect(at({ current_time: "2099-12-31T23:59:59Z" })).toEqual({ allowed: true });
  expect(at({ current_time: until })).toEqual({ allowed: false });
  expect([at(), at({})]).toEqual([{ error: expect.anything() }, { error: expect.anything() }]);
});
