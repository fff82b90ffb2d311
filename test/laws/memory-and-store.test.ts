// Law: after any sequence of events, memory = store, also after the store is reopened.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import type { Store } from "../../src/tuples/store.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { printed } from "./answers.ts";
import { holdsAsync } from "./law.ts";
import { emailHash } from "../world/world.ts";
import { Play, sequences } from "./sequence.ts";

async function stored(store: Store): Promise<string[]> {
  const found: Tuple[] = [];
  for await (const tuple of store.read()) found.push(tuple);
  return printed(found);
}

test("after any sequence of events memory holds what the store holds, also after the store is reopened", async () => {
  await holdsAsync(sequences(30, 60), 8, async (seeds) => {
    const folder = mkdtempSync(join(tmpdir(), "law-"));
    try {
      const play = new Play();
      let store = openEmbeddedStore(folder);
      const founded = [...play.world.tuples.read({})];
      for (let i = 0; i < founded.length; i += 100) {
        expect(await store.apply([{ writes: founded.slice(i, i + 100), deletes: [] }])).toEqual({ ok: true });
      }
      for (const seed of seeds) {
        const event = play.next(seed);
        const around = { system: true, clock: play.world.now, emailHash };
        const step = decideEvent(DomainEvent.sent(event), play.world.view, around);
        if (!isRefusal(step) && step.more) continue;
        play.send(event);
        if (!isRefusal(step)) expect(await store.apply([step.delta])).toEqual({ ok: true });
      }
      const memory = printed(play.world.tuples.read({}));
      expect(await stored(store)).toEqual(memory);
      await store.close();
      store = openEmbeddedStore(folder);
      expect(await stored(store)).toEqual(memory);
      await store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
