// Measures the pages of a long list of objects by HTTP: all of them, one after the other, in an unchanged store.
import { median } from "./stage.mjs";
import { CHIEF } from "./world.mjs";

/** Objects in a page: the default. */
const PAGE = 100;

/**
 * Walks the pages of the admin of every org. `first` and `last` are medians over the first and the last tenth of the
 * pages, `cold` is the time of the very first page, for which the list is made; all in milliseconds.
 * @param {{ port: number }} server
 */
export async function measurePages(server, { runs }) {
  const walks = [];
  for (let i = 0; i <= runs; i++) walks.push(await walk(server, `user:${CHIEF}`));
  // The first walk makes the list and warms the server up.
  const kept = walks.slice(1);
  const pages = kept[0].times.length;
  const tenth = Math.max(1, Math.floor(pages / 10));
  return {
    objects: kept[0].objects, pages, median: median(kept.flatMap(({ times }) => times)),
    first: median(kept.flatMap(({ times }) => times.slice(0, tenth))),
    last: median(kept.flatMap(({ times }) => times.slice(-tenth))), cold: walks[0].times[0],
  };
}

async function walk({ port }, user) {
  const times = [];
  let objects = 0;
  for (let token = ""; ;) {
    const body = JSON.stringify({ user, relation: "sessions_read", type: "athlete", page_size: PAGE,
      continuation_token: token });
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/objects`, {
      method: "POST", headers: { "content-type": "application/json" }, body,
    });
    const page = await response.json();
    times.push(performance.now() - began);
    if (!response.ok) throw new Error(`/objects: ${JSON.stringify(page)}`);
    objects += page.objects.length;
    token = page.continuation_token;
    if (token === "") return { times, objects };
  }
}
