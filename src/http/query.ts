// Fields of a query string, read as OpenFGA's gateway does: one that stands twice is refused.
import type { Context } from "hono";
import type { Fields } from "./fields.ts";

/** A field of the query; undefined when absent. */
export function readQuery(fields: Fields, c: Context, name: string): string | undefined {
  const values = c.req.queries(name) ?? [];
  if (values.length > 1) fields.refuse("validation_error", `invalid ${name}: it stands more than once`);
  return values[0];
}
