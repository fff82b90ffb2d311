// docker-compose.yml and Dockerfile, read as data; and the same commands and settings run natively, without Docker.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { freePort } from "../live/free-port.ts";
import { openfgaAvailable } from "../live/openfga.ts";
import { pinnedVersion, ROOT } from "../live/pins.ts";
import { postgresAvailable, startPostgres } from "../live/postgres.ts";
import { buildSideline } from "../process/server.ts";

const text = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
const { services, volumes, secrets } = parse(text, { merge: true });
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");

describe("docker-compose.yml", () => {
  test("images are pinned, OpenFGA's to the version that the tests run against", () => {
    for (const { image } of Object.values<any>(services)) expect(image).toMatch(/:v?\d+\.\d+/);
    const pinned = `openfga/openfga:v${pinnedVersion("openfga")}`;
    expect([services.openfga.image, services.migrate.image]).toEqual([pinned, pinned]);
  });

  test("no service runs as root, writes to its root or gains rights, and each restarts", () => {
    for (const service of Object.values<any>(services)) {
      expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
      expect(service.restart).toMatch(/^(unless-stopped|on-failure)$/);
    }
  });

  test("secrets have no default: each variable is required", () => {
    const variables = [...text.matchAll(/\$\{(\w+)(.*?)\}/g)];
    expect(new Set(variables.map((v) => v[1])))
      .toEqual(new Set(["POSTGRES_PASSWORD", "OPENFGA_KEY", "SIDELINE_EMAIL_KEY", "SIDELINE_KEYS_FILE"]));
    for (const [, , rest] of variables) expect(rest).toMatch(/^:\?./);
    for (const { environment } of Object.values<any>(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|PRESHARED_KEYS|EMAIL_KEY/.test(name)) expect(value).toMatch(/^\$\{/);
      }
    }
    expect(secrets["sideline-keys"].file).toMatch(/^\$\{/);
  });

  test("each service waits for its dependencies, and only the sidecar is reachable, from this machine", () => {
    expect(services.migrate.depends_on.postgres.condition).toBe("service_healthy");
    expect(services.index.depends_on.migrate.condition).toBe("service_completed_successfully");
    expect(services.openfga.depends_on.index.condition).toBe("service_completed_successfully");
    expect(services.sidecar.depends_on.openfga.condition).toBe("service_healthy");
    for (const name of ["postgres", "openfga"]) expect(services[name].healthcheck.test[0]).toBe("CMD");
    expect(services.sidecar.ports).toEqual(["127.0.0.1:8090-8092:8090"]);
    for (const name of ["postgres", "openfga", "migrate", "index"]) expect(services[name].ports).toBeUndefined();
    const used = Object.values<any>(services).flatMap((s) => (s.volumes ?? []).map((v: string) => v.split(":")[0]));
    expect(used.sort()).toEqual(Object.keys(volumes).sort());
  });
});

test("the Dockerfile installs from the lock file, pins its base image, checks health and drops root", () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toHaveLength(3);
  for (const base of bases) expect(base).toMatch(/^node:24\.\d+\.\d+-\S+slim$/);
  expect(dockerfile).not.toMatch(/npm install|:latest/);
  const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM"));
  for (const line of ["USER node", "HEALTHCHECK", "/livez", "VOLUME /data"]) expect(last).toContain(line);
});

/** A service's environment with its variables substituted and its hosts set to loopback. */
function settings(name: string, given: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const filled = Object.entries<string>(services[name].environment).map(([key, value]): [string, string] =>
    [key, value.replace(/\$\{(\w+):\?.*?\}/, (_, variable: string) => given[variable]!)]);
  return { PATH: process.env["PATH"] ?? "", ...Object.fromEntries(filled), ...own };
}

async function healthy(url: string): Promise<void> {
  await expect.poll(() => fetch(`${url}/healthz`).then((r) => r.ok, () => false), { message: url }).toBe(true);
}

test.skipIf(!openfgaAvailable("datastore") || !postgresAvailable())("the same processes answer natively", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sideline-compose-"));
  const postgres = await startPostgres();
  const build = buildSideline();
  let openfga: ChildProcess | undefined;
  try {
    const given = {
      POSTGRES_PASSWORD: "p".repeat(30), OPENFGA_KEY: "k".repeat(30), SIDELINE_EMAIL_KEY: "e".repeat(32),
    };
    const binary = inject("openfga").binary!;
    const uri = { OPENFGA_DATASTORE_URI: postgres.uri, OPENFGA_DATASTORE_USERNAME: "postgres", TMPDIR: folder };
    const migrated = spawnSync(binary, services.migrate.command, { cwd: folder, env: settings("migrate", given, uri) });
    expect(migrated.status, String(migrated.stderr)).toBe(0);
    // Twice, as when `up` runs on a database that already has the index.
    for (let i = 0; i < 2; i++) expect(postgres.psql(services.index.command.slice(1)).status).toBe(0);
    const query = "select indisvalid from pg_index where indexrelid = 'idx_sideline_object_user'::regclass";
    expect(postgres.psql(["-Atc", query]).stdout).toBe("t\n");
    const port = await freePort();
    const own = { ...uri, OPENFGA_HTTP_ADDR: `127.0.0.1:${port}`, OPENFGA_GRPC_ADDR: `127.0.0.1:${await freePort()}` };
    openfga = spawn(binary, services.openfga.command, {
      cwd: folder, env: settings("openfga", given, own), stdio: "ignore" });
    const url = `http://127.0.0.1:${port}`;
    await healthy(url);
    expect((await fetch(`${url}/stores`)).status).toBe(401);
    const key = "s".repeat(30);
    const keys = { keys: [{ name: "app", key, scopes: ["events", "check"] }] };
    writeFileSync(join(folder, "keys.json"), JSON.stringify(keys));
    const sidecar = await build.start(settings("sidecar", given, { SIDELINE_PORT: "0", SIDELINE_HOST: "127.0.0.1",
      SIDELINE_OPENFGA_URL: url, SIDELINE_KEYS: join(folder, "keys.json"), SIDELINE_DATA: folder }));
    expect((await fetch(`${sidecar.url}/readyz`)).status).toBe(200);
    await firstSteps(sidecar.url, key);
  } finally {
    build.remove();
    openfga?.kill("SIGKILL");
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The README's first events and its first check. */
async function firstSteps(url: string, key: string): Promise<void> {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const events = /cloudevents-batch\+json' -d '([\s\S]*?)'/.exec(readme)![1]!;
  const post = (path: string, type: string, body: string): Promise<Response> => fetch(url + path, {
    method: "POST", headers: { "content-type": type, authorization: `Bearer ${key}` }, body });
  const taken = async (): Promise<[number, string]> => {
    const answer = await post("/events", "application/cloudevents-batch+json", events);
    return [answer.status, await answer.text()];
  };
  let outcome = await taken();
  // Here OpenFGA has the time limits of production: a slow machine may need a second try.
  while (outcome[1].includes("store_unavailable")) outcome = await taken();
  expect(outcome).toEqual([200, expect.not.stringContaining('"code"')]);
  const question = { tuple_key: { user: "user:carl", relation: "sessions_read", object: "athlete:ada" } };
  const asked = await post("/check", "application/json", JSON.stringify(question));
  expect(await asked.json()).toMatchObject({ allowed: true });
}
