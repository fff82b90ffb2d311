// Reads fields of a query string as OpenFGA's gateway does: a repeated field is refused.
import type { Context } from "hono";
import type { Fields } from "./fields.ts";

/** Returns a field of the query; undefined if absent. */
export function readQuery(fields: Fields, c: Context, name: string): string | undefined {
  const values = c.req.queries(name) ?? [];
  if (values.length > 1) fields.refuse("validation_error", `invalid ${name}: it is given more than once`);
  return values[0];
}
