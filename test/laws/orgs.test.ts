// Law: an event keeps the org in whose order it is applied, except if its id is freed when the object is deleted.
import { expect, test } from "vitest";
import type { EventDefinition } from "../../src/events/event.ts";
import { EVENTS } from "../../src/events/table.ts";
import { holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

test("an event's org is the same after all events that follow", () => {
  holds(sequences(20, 60), 40, (seeds) => {
    const play = new Play();
    const known: { readonly type: string; readonly data: unknown; readonly org: string }[] = [];
    const orgOf = (type: string, data: unknown): string | undefined => {
      const definition = EVENTS.get(type) as EventDefinition<unknown>;
      return definition.org(definition.data.parse(data), play.world.view);
    };
    for (const seed of seeds) {
      const event = play.next(seed);
      const { data: shape, freesId } = EVENTS.get(event.type)!;
      const org = shape.safeParse(event.data).success && freesId !== true ? orgOf(event.type, event.data) : undefined;
      if (org !== undefined) known.push({ type: event.type, data: event.data, org });
      play.send(event);
    }
    for (const { type, data, org } of known) expect(orgOf(type, data), `${type} ${JSON.stringify(data)}`).toBe(org);
  });
});

test("events that name an object whose deletion frees the id say so", () => {
  const free = [...EVENTS.values()].filter(({ freesId }) => freesId === true).map(({ type }) => type).sort();
  expect(free).toEqual([
    "activity.comment_deleted", "artifact.deleted", "artifact.finalized", "artifact.reopened", "note.deleted",
    "note.shared", "note.unshared", "note.visibility_changed",
  ]);
});
