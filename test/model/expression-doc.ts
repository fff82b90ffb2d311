// The smallest model with inline expressions: a document whose viewers each have one.
import { compileModel } from "../../src/engine.ts";

/** Its model. */
export const MODEL = compileModel(`model
  schema 1.1
type user
type doc
  relations
    define viewer: [user with $expression]
`);

/** The key of the tuple in question. */
export const KEY = { object: "doc:1", relation: "viewer", user: "user:1" };
