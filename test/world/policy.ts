// The policy itself: its text, its model, compiled once, and forms of it from builds of other versions.
import { readFileSync } from "node:fs";
import { compileModel } from "../../src/model/compile.ts";
import type { AuthorizationModelJson } from "../../src/model/schema.ts";

/** The text of model.fga. */
export const POLICY = readFileSync(new URL("../../model.fga", import.meta.url), "utf8");

/** Its model. */
export const MODEL = compileModel(POLICY);

/** The policy as a build of another version has it; `extra` is a type that exists only there. */
export function build(version: number, extra?: string): AuthorizationModelJson {
  const types = MODEL.json.type_definitions.map((definition) => definition.type !== "policy" ? definition : {
    type: "policy", relations: { [`version_${version}`]: { this: {} } },
    metadata: { relations: { [`version_${version}`]: { directly_related_user_types: [{ type: "value" }] } } },
  });
  return { ...MODEL.json, type_definitions: [...types, ...(extra === undefined ? [] : [{ type: extra }])] };
}
