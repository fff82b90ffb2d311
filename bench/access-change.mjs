// Measures dry runs that answer who gains or loses access, by HTTP, one after the other.
import { median } from "./stage.mjs";
import { HEAD } from "./world.mjs";

/** The deactivated users: a head coach with rows of their own, and the coach of every athlete of the org. */
const USERS = { deactivated: "o0-coach-0", headOfAll: HEAD };

/**
 * Measures dry runs of deactivating a coach: the median in milliseconds, and the numbers of answers that change.
 * @param {{ port: number }} server
 */
export async function measureAccessChange(server, { runs }) {
  const found = {};
  for (const [name, user] of Object.entries(USERS)) {
    const event = { type: "member.deactivated", data: { org: "org-0", user } };
    const times = [];
    let access;
    for (let run = 0; run <= runs * 4; run++) {
      const began = performance.now();
      ({ access } = await tryOut(server, { specversion: "1.0", id: `try-${name}`, source: "/bench", ...event }));
      if (run > 0) times.push(performance.now() - began);
    }
    found[name] = { ms: median(times), lost: access.lost.length, complete: access.complete };
  }
  return found;
}

async function tryOut({ port }, event) {
  const response = await fetch(`http://127.0.0.1:${port}/events?dry_run=access`, {
    method: "POST", headers: { "content-type": "application/cloudevents+json" }, body: JSON.stringify(event),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
