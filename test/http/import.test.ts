// An import of history seen from outside, over HTTP: at no revision, and at no moment between, does anybody see more.
import fc from "fast-check";
import { expect, test } from "vitest";
import type {
  Client, EventData, EventType, ObjectName, SidelineEvent, UserName,
} from "../../src/client/create-client.ts";
import { startSideline } from "../../src/testing/start-sideline.ts";
import { Draw } from "../laws/draw.ts";
import { holdsAsync } from "../laws/law.ts";
import { drawPast, PEOPLE_OF_PAST, type Past, type PastEvent } from "../laws/past.ts";

const eventsOf = (events: readonly PastEvent[]): SidelineEvent[] => events.map(({ type, data }) =>
  ({ type: type as EventType, data: data as unknown as EventData[EventType], actor: null }) as SidelineEvent);

/** Everything that a past names and that an app may ask about. */
function objectsOf({ founding, imported }: Past): ObjectName[] {
  const fields = ["org", "team", "athlete", "note", "coaching", "assignment"];
  const names = [...founding, ...imported].flatMap(({ data }) => fields.filter((field) => data[field] !== undefined)
    .map((field) => `${field === "assignment" ? "team_assignment" : field}:${String(data[field])}`));
  return [...new Set(names)] as ObjectName[];
}

/** Every permission of everybody on everything that a past names. */
async function permissionsIn(client: Client, objects: readonly ObjectName[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const user of PEOPLE_OF_PAST as UserName[]) {
    const answers = await Promise.all(objects.map((object) => client.permissions(user, object)));
    for (const [i, may] of answers.entries()) {
      for (const relation of Object.keys(may)) found.add(`${user} ${relation} ${objects[i]}`);
    }
  }
  return found;
}

const beyond = (set: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
  [...set].filter((each) => !other.has(each));

const seeds = fc.noShrink(fc.nat());

test("sent one by one: at every revision, nobody may do what the end of the import does not let them", async () => {
  let checked = 0;
  await holdsAsync(seeds, 3, async (seed) => {
    const past = drawPast(new Draw(seed));
    const objects = objectsOf(past);
    await using sideline = await startSideline();
    const { client } = sideline;
    for (const event of eventsOf(past.founding)) await client.send(event.type, event.data, event);
    const moments: Set<string>[] = [];
    for (const event of eventsOf(past.imported)) {
      expect(await client.send(event.type, event.data, event)).toMatchObject({ status: "applied" });
      moments.push(await permissionsIn(client, objects));
    }
    const end = moments.at(-1)!;
    for (const [i, moment] of moments.entries()) {
      expect(beyond(moment, end), JSON.stringify(past.imported[i])).toEqual([]);
    }
    checked += moments.reduce((sum, { size }) => sum + size, 0);
  }, 40);
  expect(checked).toBeGreaterThan(1000);
});

test("sent as batches while others ask: no answer in between says more than the end", async () => {
  let between = 0;
  await holdsAsync(seeds, 3, async (seed) => {
    const past = drawPast(new Draw(seed));
    const objects = objectsOf(past);
    await using sideline = await startSideline();
    const { client } = sideline;
    await client.sendAll(eventsOf(past.founding));
    let isOver = false;
    const moments: Set<string>[] = [];
    const asking = (async () => {
      while (!isOver) moments.push(await permissionsIn(client, objects));
    })();
    const events = eventsOf(past.imported);
    // Small batches, so that questions come in between.
    for (let i = 0; i < events.length; i += 3) {
      const receipts = await client.sendAll(events.slice(i, i + 3));
      expect(receipts.map(({ status }) => status)).toEqual(receipts.map(() => "applied"));
      await new Promise((turn) => setImmediate(turn));
    }
    isOver = true;
    await asking;
    const end = await permissionsIn(client, objects);
    for (const moment of moments) expect(beyond(moment, end)).toEqual([]);
    between += moments.length;
  }, 40);
  expect(between).toBeGreaterThan(3);
});

test("the whole import sent again is one of duplicates, and changes no answer", async () => {
  const past = drawPast(new Draw(7));
  const objects = objectsOf(past);
  const all = eventsOf([...past.founding, ...past.imported]).map((event, i) => ({ ...event, id: `import-${i}` }));
  await using sideline = await startSideline();
  const { client } = sideline;
  await client.sendAll(all);
  const first = await permissionsIn(client, objects);
  const again = await client.sendAll(all as SidelineEvent[]);
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set(["duplicate"]));
  expect(await permissionsIn(client, objects)).toEqual(first);
});
