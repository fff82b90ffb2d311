// POST /backup: a consistent copy of the running embedded store, with its length and its digest.
import { answerProblem, problem } from "./problem.ts";
import type { Asked } from "./question-route.ts";
import type { Route } from "./route.ts";

const UNSUPPORTED = "only an embedded store in a folder can be backed up here; on OpenFGA, dump its database";

/** Returns the route of the backup. */
export function backupRoute({ sidecar }: Asked): Route {
  const handle = async (): Promise<Response> => {
    if (sidecar.backup === undefined) return answerProblem(problem("not_supported", UNSUPPORTED));
    const made = await sidecar.backup();
    if ("refused" in made) {
      const code = made.refused === "running" ? "backup_running" : "store_unavailable";
      return answerProblem(problem(code, made.detail));
    }
    return new Response(made.content, {
      headers: {
        "content-type": "application/vnd.sqlite3", "content-length": String(made.bytes), "cache-control": "no-store",
        "repr-digest": `sha-256=:${made.sha256}:`,
      },
    });
  };
  return { method: "POST", path: "/backup", handle };
}
