// Events of activities and comments: everyone who sees an activity sees its comments and may comment (NP10).
import { describe, expect, test } from "vitest";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

const EVERYBODY = [
  "olga", "adam", "hana", "asta", "cora", "dora", "ofra", "ida", "xena", "otto", "root", "pat", "nobody",
];

/** The club with the activity r1 of a1. */
function withActivity(): World {
  const world = club();
  world.as("ida", "activity.recorded", { activity: "r1", athlete: "a1" });
  return world;
}

const viewers = (world: World, object: string): string[] =>
  EVERYBODY.filter((user) => world.can(user, "can_view", object));

describe("activity.recorded", () => {
  test("NP10 the athlete's account, every current coach whatever the role, and the admins see it", () => {
    const world = withActivity();
    world.system("coaching.role_changed", { coaching: "c1", role: "specialist" });
    expect(viewers(world, "activity:r1")).toEqual(["olga", "adam", "hana", "asta", "cora", "ida", "root", "pat"]);
    expect(world.can("cora", "activities_read", "athlete:a1")).toBe(false);
  });

  test("AC2 PM8 the account, a coach with activities.upload and PM9 upload; others may not", () => {
    const world = club();
    for (const [i, actor] of ["ida", "asta", "hana", "cora", "olga", "adam", "root"].entries()) {
      expect(world.as(actor, "activity.recorded", { activity: `r${i}`, athlete: "a1" }).status).toBe("applied");
    }
    for (const actor of ["dora", "ofra", "xena", "pat", "nobody"]) {
      world.refused("actor_not_allowed", actor, "activity.recorded", { activity: "r", athlete: "a1" });
    }
    world.refused("actor_not_allowed", "ida", "activity.recorded", { activity: "r", athlete: "a2" });
    world.refused("actor_not_allowed", "root", "activity.recorded", { activity: "r", athlete: "none" });
    world.refused("unknown_entity", undefined, "activity.recorded", { activity: "r", athlete: "none" });
  });

  test("a repetition is unchanged; the id of an activity about another athlete is taken, in any org", () => {
    const world = withActivity();
    world.unchanged("asta", "activity.recorded", { activity: "r1", athlete: "a1" });
    world.refused("already_exists", "hana", "activity.recorded", { activity: "r1", athlete: "a2" });
    world.refused("already_exists", "otto", "activity.recorded", { activity: "r1", athlete: "x1" });
  });

  test("ids up to 128 characters", () => {
    const world = club();
    world.as("ida", "activity.recorded", { activity: "r".repeat(128), athlete: "a1" });
    world.refused("invalid_event", "ida", "activity.recorded", { activity: "r".repeat(129), athlete: "a1" });
  });
});

describe("activity.deleted", () => {
  test("NP10 removes it and its comments for everyone; the id stays taken", () => {
    const world = withActivity();
    world.as("hana", "activity.comment_added", { comment: "k1", activity: "r1", author: "hana" });
    world.as("asta", "activity.deleted", { activity: "r1" });
    expect(viewers(world, "activity:r1")).toEqual([]);
    expect(viewers(world, "activity_comment:k1")).toEqual([]);
    world.refused("already_exists", "ida", "activity.recorded", { activity: "r1", athlete: "a1" });
    world.refused("already_exists", "otto", "activity.recorded", { activity: "r1", athlete: "x1" });
  });

  test("needs activities.upload on its athlete; its deleters may send it again afterwards", () => {
    const world = withActivity();
    for (const actor of ["dora", "ofra", "pat", "otto"]) {
      world.refused("actor_not_allowed", actor, "activity.deleted", { activity: "r1" });
    }
    world.refused("actor_not_allowed", "ida", "activity.deleted", { activity: "none" });
    world.refused("unknown_entity", undefined, "activity.deleted", { activity: "none" });
    world.as("ida", "activity.deleted", { activity: "r1" });
    world.unchanged("ida", "activity.deleted", { activity: "r1" });
    world.unchanged("asta", "activity.deleted", { activity: "r1" });
    world.refused("actor_not_allowed", "otto", "activity.deleted", { activity: "r1" });
    world.unchanged(undefined, "activity.deleted", { activity: "r1" });
  });
});

describe("activity.comment_added", () => {
  test("NP10 everyone who sees the activity comments in their own name, and all of them see the comment", () => {
    const world = withActivity();
    const users = viewers(world, "activity:r1");
    for (const author of users) {
      world.as(author, "activity.comment_added", { comment: `k-${author}`, activity: "r1", author });
      expect(viewers(world, `activity_comment:k-${author}`)).toEqual(users);
    }
    for (const author of ["dora", "ofra", "xena", "nobody"]) {
      world.refused("actor_not_allowed", author, "activity.comment_added", { comment: "k", activity: "r1", author });
    }
    const [here, nowhere] = [{ comment: "k", activity: "r1" }, { comment: "k", activity: "r0" }];
    world.refused("actor_not_allowed", "root", "activity.comment_added", { ...here, author: "ida" });
    world.refused("actor_not_allowed", "root", "activity.comment_added", { ...nowhere, author: "root" });
    world.refused("unknown_entity", undefined, "activity.comment_added", { ...nowhere, author: "ida" });
    world.refused("member_inactive", undefined, "activity.comment_added", { ...here, author: "gus" });
  });

  test("a repetition is unchanged; by another author or on another activity the id is taken", () => {
    const world = withActivity();
    const data = { comment: "k1", activity: "r1", author: "ida" };
    world.as("ida", "activity.comment_added", data);
    world.unchanged("ida", "activity.comment_added", data);
    world.refused("already_exists", "hana", "activity.comment_added", { ...data, author: "hana" });
    world.as("hana", "activity.recorded", { activity: "r2", athlete: "a1" });
    world.refused("already_exists", "ida", "activity.comment_added", { ...data, activity: "r2" });
    world.as("otto", "activity.recorded", { activity: "rx", athlete: "x1" });
    world.refused("already_exists", "otto", "activity.comment_added", { ...data, activity: "rx", author: "otto" });
  });

  test("the id of a comment deleted with its activity is free, in any org, and no old tuple shows through", () => {
    const world = withActivity();
    world.as("ida", "activity.comment_added", { comment: "k1", activity: "r1", author: "ida" });
    world.as("ida", "activity.deleted", { activity: "r1" });
    world.as("otto", "activity.recorded", { activity: "rx", athlete: "x1" });
    world.as("otto", "activity.comment_added", { comment: "k1", activity: "rx", author: "otto" });
    expect(viewers(world, "activity_comment:k1")).toEqual(["xena", "otto", "root", "pat"]);
    world.refused("actor_not_allowed", "ida", "activity.comment_deleted", { comment: "k1" });
    world.refused("actor_not_allowed", "olga", "activity.comment_deleted", { comment: "k1" });
    expect(world.tuples.users("activity_comment:k1", "author")).toEqual(["user:otto"]);
    expect(world.tuples.users("activity_comment:k1", "org")).toEqual(["org:xo"]);
  });
});

describe("activity.comment_deleted", () => {
  test.each(["ida", "olga", "adam", "root"])("its author, the org's admins and superadmins delete it: %s", (actor) => {
    const world = withActivity();
    world.as("ida", "activity.comment_added", { comment: "k1", activity: "r1", author: "ida" });
    for (const other of ["hana", "asta", "cora", "pat", "otto", "nobody"]) {
      world.refused("actor_not_allowed", other, "activity.comment_deleted", { comment: "k1" });
    }
    world.as(actor, "activity.comment_deleted", { comment: "k1" });
    expect(viewers(world, "activity_comment:k1")).toEqual([]);
    world.refused("actor_not_allowed", actor, "activity.comment_deleted", { comment: "k1" });
    world.unchanged(undefined, "activity.comment_deleted", { comment: "k1" });
    world.as("hana", "activity.comment_added", { comment: "k1", activity: "r1", author: "hana" });
    world.refused("actor_not_allowed", "ida", "activity.comment_deleted", { comment: "k1" });
  });

  test("a platform admin deletes what they wrote, a deactivated author does not", () => {
    const world = withActivity();
    world.as("pat", "activity.comment_added", { comment: "k1", activity: "r1", author: "pat" });
    world.as("pat", "activity.comment_deleted", { comment: "k1" });
    world.as("hana", "activity.comment_added", { comment: "k1", activity: "r1", author: "hana" });
    world.system("member.deactivated", { org: "fc", user: "hana" });
    world.refused("actor_not_allowed", "hana", "activity.comment_deleted", { comment: "k1" });
  });

  test("a comment deleted with its activity no longer exists", () => {
    const world = withActivity();
    world.as("ida", "activity.comment_added", { comment: "k1", activity: "r1", author: "ida" });
    world.as("ida", "activity.deleted", { activity: "r1" });
    world.refused("actor_not_allowed", "ida", "activity.comment_deleted", { comment: "k1" });
    world.unchanged(undefined, "activity.comment_deleted", { comment: "k1" });
  });
});
