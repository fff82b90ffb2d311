// `sideline verify` as a real process: its exit statuses and its outputs.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenfgaServer } from "../../src/openfga/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { ROOT } from "../live/pins.ts";
import { openSidecar, PATIENT, send } from "../openfga/fleet.ts";

const TOKEN = "a preshared key of tests";
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sideline-verify-"));
  for (const file of ["model.fga", "package.json"]) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist")]);
  writeFileSync(join(folder, "token"), `${TOKEN}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function verify(...args: string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [join(folder, "dist/cli/sideline.js"), "verify", ...args],
    { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"] ?? "" } });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

test("wrong usage exits with 2, and says why in one line", () => {
  const from = ["--from", "http://127.0.0.1:9"];
  const wrong = [[], ["--from", "./data"], [...from, "--to", "./data"], [...from, "--yes"], [...from, "--nonsense"],
    [...from, "again"]];
  for (const args of wrong) {
    const { code, out, err } = verify(...args);
    expect([args, code, out, err]).toEqual([args, 2, "", expect.stringMatching(/^sideline: .+\n$/)]);
  }
});

test("an OpenFGA that does not answer exits with 3", () => {
  const { code, out, err } = verify("--from", "http://127.0.0.1:9");
  expect([code, out, err.startsWith("sideline: ")]).toEqual([3, "", true]);
});

describe.skipIf(!openfgaAvailable("fresh"))("on a real OpenFGA", () => {
  let fga: RunningOpenfga;
  beforeAll(async () => {
    const extraArgs = ["--authn-method", "preshared", "--authn-preshared-keys", TOKEN];
    fga = await startOpenfga({ logLevel: "error", extraArgs });
  });
  afterAll(() => fga.stop());

  test("0 while nothing differs, 1 while tuples differ, until --repair --yes repairs them", async () => {
    const sidecar = await openSidecar(fga.url, "verified", { token: TOKEN });
    await send(sidecar, "org.created", { org: "fc", kind: "club", owner: "olga" });
    const where = ["--from", fga.url, "--store", "verified", "--token-file", "token"];
    expect(verify(...where)).toMatchObject({ code: 0, out: expect.stringContaining("0 extra, 0 missing") });
    const server = new OpenfgaServer({ url: fga.url, token: TOKEN, ...PATIENT });
    const eve = { object: "platform:main", relation: "superadmin", user: "user:eve" };
    await server.write(sidecar.info.id, sidecar.info.modelId, { writes: [eve], deletes: [] });
    const line = "extra   platform:main#superadmin@user:eve\n";
    expect(verify(...where)).toMatchObject({ code: 1, out: expect.stringContaining(line) });
    const { code, out } = verify(...where, "--json");
    expect([code, JSON.parse(out)]).toMatchObject([1, {
      doubt: null, foreign_writes: 1, repaired: 0, damaged: [], differences: [{ kind: "extra", tuple: eve }],
    }]);
    expect(verify(...where, "--repair")).toMatchObject({ code: 1, out: expect.stringContaining("add --yes") });
    expect((await server.read(sidecar.info.id, eve, "")).tuples).toHaveLength(1);
    expect(verify(...where, "--repair", "--yes")).toMatchObject({ code: 0, out: expect.stringContaining(line) });
    expect((await server.read(sidecar.info.id, eve, "")).tuples).toHaveLength(0);
    expect(verify(...where).code).toBe(0);
    expect(verify("--from", fga.url, "--store", "none", "--token-file", "token").code).toBe(3);
    server.close();
    await sidecar.close();
  });
});
