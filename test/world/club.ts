// A club with its people, two teams and three athletes, beside another org: the stage of tests of notes and invites.
import type { Kind } from "../../src/policy/seeded-roles.ts";
import { World } from "./world.ts";

/**
 * `fc`: olga owns it, adam is its admin, ofra its office. hana is the head coach of `red`, asta assists there (`as1`);
 * cora has the row `c1` over a1; dora is a coach without rows. a1 (linked: ida) and a2 are on `red`, a3 is on `blue`,
 * which has no coach. gus is a deactivated coach. `xo` is otto's, with the team `xt` and the athlete x1 of coach xena.
 * root is a superadmin, pat a platform admin.
 */
export function club(kind: Kind = "club"): World {
  const world = new World();
  world.system("platform.superadmin_granted", { user: "root" });
  world.system("platform.admin_granted", { user: "pat" });
  world.system("org.created", { org: "fc", kind, owner: "olga" });
  world.system("org.created", { org: "xo", kind, owner: "otto" });
  const add = (user: string, hats: readonly string[], org = "fc") => world.system("member.added", { org, user, hats });
  add("adam", ["admin"]);
  for (const coach of ["hana", "asta", "cora", "dora", "gus"]) add(coach, ["coach"]);
  add("ofra", ["office"]);
  add("ida", ["athlete"]);
  add("xena", ["coach"], "xo");
  world.system("team.created", { team: "red", org: "fc", head_coach: "hana", assignment: "hd1" });
  world.system("team.created", { team: "blue", org: "fc" });
  world.system("team.created", { team: "xt", org: "xo" });
  world.system("team_assignment.started", { assignment: "as1", team: "red", coach: "asta" });
  world.system("athlete.created", { athlete: "a1", org: "fc", team: "red", user: "ida" });
  world.system("athlete.created", { athlete: "a2", org: "fc", team: "red" });
  world.system("athlete.created", { athlete: "a3", org: "fc", team: "blue" });
  world.system("athlete.created", { athlete: "x1", org: "xo" });
  world.system("coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
  world.system("coaching.started", { coaching: "cx", athlete: "x1", coach: "xena" });
  world.system("member.deactivated", { org: "fc", user: "gus" });
  return world;
}
