// `--json` of the commands about stores: one JSON object on standard output, with the same exit status.
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { event, FOUNDED, kill, oneBuild } from "../process/one-build.ts";

const sideline = oneBuild();

test("backup, email-key and migrate print their results", async () => {
  const server = await sideline.start();
  await server.send("POST", "/events", [FOUNDED, event("m", "member.added", { org: "o", user: "carl" }, "olga")]);
  const file = join(sideline.root, "backup.db");
  const backup = await sideline.build.command(["backup", file, "--json", "--url", server.url]);
  expect([backup.code, JSON.parse(backup.said)]).toEqual([0, { file, bytes: statSync(file).size }]);
  await kill(server);

  const plain = await sideline.build.command(["email-key", "--from", sideline.folder]);
  const key = await sideline.build.command(["email-key", "--from", sideline.folder, "--json"]);
  expect([key.code, JSON.parse(key.said)]).toEqual([0, { email_key: plain.said.trim() }]);

  const migrate = async (...args: readonly string[]) => {
    const places = ["--from", sideline.folder, "--to", join(sideline.root, "copy")];
    const { code, said } = await sideline.build.command(["migrate", ...places, "--json", ...args]);
    return [code, JSON.parse(said)];
  };
  const [code, planned] = await migrate();
  expect([code, planned]).toEqual([0, { outcome: "planned", source: planned.moved, there: 0, moved: planned.moved }]);
  expect(planned.moved).toBeGreaterThan(5);
  expect(await migrate("--yes")).toEqual([0, { ...planned, outcome: "verified" }]);
  expect(await migrate("--yes")).toEqual([0, { ...planned, outcome: "verified", there: planned.moved, moved: 0 }]);
  const back = ["migrate", "--from", join(sideline.root, "empty"), "--to", join(sideline.root, "copy"), "--json"];
  await kill(await sideline.start({ SIDELINE_DATA: join(sideline.root, "empty") }));
  const { code: refused, said } = await sideline.build.command([...back, "--yes"]);
  expect([refused, JSON.parse(said).outcome]).toEqual([3, "target_differs"]);
});
