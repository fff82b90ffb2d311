// Law: judging the makers of invites counts in the parts of a list: each distinct maker is about a hundred questions.
import { expect, test } from "vitest";
import { judgeMakers } from "../../src/events/guards/invite-escalation.ts";
import { countedView } from "../../src/domain/counted-view.ts";
import { peopleOf } from "../../src/domain/directory.ts";
import { World } from "../world/world.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

/** An org of many admins, each of whom has made an open invite of an admin. */
function world(admins: number): World {
  const made = new World();
  made.system("org.created", { org: "o", kind: "club", owner: "olga" });
  for (let n = 0; n < admins; n++) {
    made.system("member.added", { org: "o", user: `a${n}`, hats: ["admin"] });
    made.as(`a${n}`, "invite.created", { org: "o", invite: `i${n}`, hat: "admin" });
  }
  return made;
}

test.each([undefined, "invited"] as const)("invites of as many makers, people who are %s", (status) => {
  const { view, now } = world(250);
  const seen = countedView(view);
  const work = peopleOf(seen.tuples, "o", { hat: undefined, status }, now, judgeMakers(seen));
  const parts: number[] = [];
  for (let before = 0; ; before = seen.steps()) {
    const part = work.next();
    parts.push(seen.steps() - before);
    if (part.done !== true) continue;
    expect(part.value?.invites.filter((invite) => invite.maker_may)).toHaveLength(250);
    break;
  }
  expect(parts.length).toBeGreaterThan(5);
  expect(Math.max(...parts), String(parts)).toBeLessThan(MAX_STEPS_PER_TURN / 2);
});
