// The invariants that claims about the policy rely on, as `model.claims.yaml` writes them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readClaimsFile, type WrittenInvariant } from "../../src/analysis/claims-file.ts";
import { ROOT } from "../live/pins.ts";
import { invariant, type Invariant } from "./invariant.ts";

/** In a claims file every id is a variable: `note:n` is the same note throughout one invariant. */
function asDependency({ when, then }: WrittenInvariant): string {
  const letters = new Map<string, string>();
  const letter = (object: string): string => {
    const known = letters.get(object) ?? String.fromCharCode("A".charCodeAt(0) + letters.size);
    letters.set(object, known);
    return known;
  };
  const pattern = (text: string): string =>
    text.replaceAll(/([a-z_]+):(\w+)/g, (object, type: string) => `${type}:${letter(object)}`);
  const left = when.map(pattern).join(", ");
  if (then === "never") return `${left} -> false`;
  if ("same" in then) return `${left} -> ${then.same.map(letter).join(" = ")}`;
  return `${left} -> ${then.map(pattern).join(", ")}`;
}

/** The invariants of `model.claims.yaml`, each linked to the files that keep it. */
export const CLAIMED_INVARIANTS: readonly Invariant[] =
  readClaimsFile(parse(readFileSync(join(ROOT, "model.claims.yaml"), "utf8"))).invariants.map((written) =>
    invariant(`claims: ${written.name}`, "", [asDependency(written)], written.keptBy.map((path) =>
      path.replace(/^src\//, "").concat("#"))));
