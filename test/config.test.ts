// Settings: defaults, faults named by their variable, and no unprotected server without keys.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readClientConfig, readConfig } from "../src/config.ts";

const fault = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return "none";
};

describe("settings", () => {
  it("have defaults, and are frozen", () => {
    const config = readConfig({});
    expect(config).toMatchObject({ host: "127.0.0.1", port: 8090, data: "./data", logLevel: "info" });
    expect(config.openfga).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("accept a loss of events by number or by one word", () => {
    const accepted = (text: string) => readConfig({ SIDELINE_ACCEPT_LOST_EVENTS: text }).acceptLostEvents;
    expect([accepted("1"), accepted("144"), accepted("unknown"), accepted("")]).toEqual([1, 144, "unknown", undefined]);
    for (const text of ["0", "-1", "true", "01", "1e3", "1".repeat(16)]) {
      expect(fault({ SIDELINE_ACCEPT_LOST_EVENTS: text })).toContain("SIDELINE_ACCEPT_LOST_EVENTS");
    }
  });

  it("replace a newer model by the setting's new name or its old one, on both stores", () => {
    const url = { SIDELINE_OPENFGA_URL: "http://127.0.0.1:8080" };
    for (const name of ["SIDELINE_REPLACE_MODEL", "SIDELINE_OPENFGA_REPLACE_MODEL"]) {
      const config = readConfig({ ...url, [name]: "true" });
      expect([config.replaceModel, config.openfga?.replaceModel]).toEqual([true, true]);
      expect(readConfig({ ...url, [name]: "false" }).replaceModel).toBe(false);
    }
    const both = { SIDELINE_REPLACE_MODEL: "false", SIDELINE_OPENFGA_REPLACE_MODEL: "true" };
    expect(readConfig(both).replaceModel).toBe(false);
    expect(readConfig({}).replaceModel).toBe(false);
  });

  it("leave the settings of the commands to the commands", () => {
    const key = { SIDELINE_URL: "http://10.0.0.1:8090", SIDELINE_KEY: "secret" };
    expect(readClientConfig(key)).toEqual({ url: "http://10.0.0.1:8090", key: "secret" });
    expect(readClientConfig({ SIDELINE_URL: "", SIDELINE_KEY: "" }))
      .toEqual({ url: "http://127.0.0.1:8090", key: undefined });
    expect(JSON.stringify(readConfig(key))).not.toContain("secret");
  });

  it("treat an empty variable as unset, and ignore other programs' variables", () => {
    expect(readConfig({ SIDELINE_PORT: "", HOME: "/root" }).port).toBe(8090);
  });

  it("name the variable and the fault", () => {
    expect(fault({ SIDELINE_PORT: "80a" })).toContain("SIDELINE_PORT");
    expect(fault({ SIDELINE_PORT: "65536" })).toContain("SIDELINE_PORT");
    expect(fault({ SIDELINE_PORT: "080" })).toContain("SIDELINE_PORT");
    for (const url of ["localhost:8080", "ftp://fga"]) {
      expect(fault({ SIDELINE_OPENFGA_URL: url })).toContain("SIDELINE_OPENFGA_URL");
    }
    for (const name of ["fc", "a".repeat(65), "side:line"]) {
      expect(fault({ SIDELINE_OPENFGA_STORE: name })).toContain("SIDELINE_OPENFGA_STORE");
    }
    expect(fault({ SIDELINE_LOG_LEVEL: "loud" })).toContain("SIDELINE_LOG_LEVEL");
    for (const sample of ["1.1", "-0.5", "half"]) {
      expect(fault({ SIDELINE_DECISION_LOG_SAMPLE: sample })).toContain("SIDELINE_DECISION_LOG_SAMPLE");
    }
    for (const relations of ["can_read", "note:can_read", "note#can_read,note#can_read", "note#can_read,"]) {
      expect(fault({ SIDELINE_DECISION_LOG_RELATIONS: relations })).toContain("SIDELINE_DECISION_LOG_RELATIONS");
    }
    expect(fault({ SIDELINE_OPENFGA_URL: "not a url" })).toContain("SIDELINE_OPENFGA_URL");
    expect(fault({ SIDELINE_EMAIL_KEY: "x".repeat(31) })).toContain("SIDELINE_EMAIL_KEY");
    expect(fault({ SIDELINE_DAT: "/tmp" })).toContain("SIDELINE_DAT: is not a setting of Sideline");
  });

  it("keep the decision log out of the folder of the store, whichever path leads there", () => {
    const place = realpathSync(mkdtempSync(join(tmpdir(), "sideline-settings-")));
    const data = join(place, "data");
    const log = (path: string, folder = data): string =>
      fault({ SIDELINE_DATA: folder, SIDELINE_DECISION_LOG: path });
    try {
      // Before and after the folder is made.
      for (let round = 0; round < 2; round++) {
        symlinkSync(place, join(place, `link${round}`));
        for (const name of ["store.db", "store.db-wal", "store.mark", "history.db", "holder", "decisions.log"]) {
          const why = "is in the folder of the store: name another folder";
          expect(log(join(data, name))).toBe(`SIDELINE_DECISION_LOG: ${join(data, name)} ${why}`);
        }
        for (const path of [`${data}/./store.db`, `${data}/none/../store.db`, `${place}/link${round}/data/store.db`]) {
          expect(log(path)).toContain("is in the folder of the store");
          expect(log(join(data, "store.db"), dirname(path))).toContain("is in the folder of the store");
        }
        for (const path of ["store.db", "data-log/store.db", "data/logs/decisions.log"]) {
          expect(log(join(place, path))).toBe("none");
        }
        mkdirSync(data, { recursive: true });
      }
      expect(log("store.db", ".")).toContain("SIDELINE_DECISION_LOG: store.db is in the folder");
      expect([log("stdout", "."), log("./stdout", "."), log("x.log", ":memory:")])
        .toEqual(["none", expect.stringContaining("is in the folder of the store"), "none"]);
      const openfga = { SIDELINE_OPENFGA_URL: "http://127.0.0.1:8080", SIDELINE_DATA: data };
      expect(fault({ ...openfga, SIDELINE_DECISION_LOG: join(data, "decisions.log") })).toBe("none");
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it("accept values just inside a limit", () => {
    expect(readConfig({ SIDELINE_PORT: "65535" }).port).toBe(65_535);
    expect(readConfig({ SIDELINE_PORT: "0" }).port).toBe(0);
    expect(readConfig({ SIDELINE_EMAIL_KEY: "x".repeat(32) }).emailKey).toHaveLength(32);
    const hex = (digits: number) => ({ SIDELINE_EMAIL_KEY: `hex:${"ab".repeat(digits / 2)}` });
    expect(readConfig(hex(64)).emailKey).toHaveLength(68);
    expect(fault(hex(62))).toContain("SIDELINE_EMAIL_KEY: after hex: come 64");
    expect(fault({ SIDELINE_EMAIL_KEY: `hex:${"zz".repeat(32)}` })).toContain("SIDELINE_EMAIL_KEY");
  });

  it("accept a fraction from 0 to 1 for the shadow", () => {
    const shadow = (share: string) =>
      readConfig({ SIDELINE_OPENFGA_URL: "http://localhost:8080", SIDELINE_SHADOW: share }).openfga?.shadow;
    expect(["", "0", "0.000001", ".5", "1", "1.0"].map(shadow)).toEqual([0, 0, 0.000001, 0.5, 1, 1]);
    for (const share of ["1.000001", "2", "-0.1", "5%", "1e-3", "0.0000001"]) {
      expect(fault({ SIDELINE_SHADOW: share })).toContain("SIDELINE_SHADOW");
    }
  });

  it("accept 0, or from 10 seconds to a day, between two comparisons with the store", () => {
    const interval = (seconds: string) =>
      readConfig({ SIDELINE_OPENFGA_URL: "http://localhost:8080", SIDELINE_DRIFT_INTERVAL: seconds });
    expect(["", "0", "10", "86400"].map((seconds) => interval(seconds).openfga?.driftInterval))
      .toEqual([600_000, 0, 10_000, 86_400_000]);
    for (const seconds of ["9", "86401", "-1", "1.5", "10s"]) {
      expect(fault({ SIDELINE_DRIFT_INTERVAL: seconds })).toContain("SIDELINE_DRIFT_INTERVAL");
    }
  });

  it("answer questions for at least two poll intervals", () => {
    const times = (poll: string, stale = "") => {
      const settings = { SIDELINE_OPENFGA_URL: "http://localhost:8080", SIDELINE_POLL_INTERVAL: poll };
      const { openfga } = readConfig({ ...settings, SIDELINE_MAX_STALENESS: stale });
      return [openfga?.pollInterval, openfga?.maxStaleness];
    };
    expect(times("")).toEqual([1000, 30_000]);
    expect(times("15")).toEqual([15_000, 30_000]);
    expect(times("15.001")).toEqual([15_001, 30_002]);
    expect(times("60")).toEqual([60_000, 120_000]);
    expect(times("60", "120")).toEqual([60_000, 120_000]);
    expect(times("0.2", "0.4")).toEqual([200, 400]);
    expect(times("", "2")).toEqual([1000, 2000]);
    for (const [poll, stale] of [["60", "119.999"], ["60", "30"], ["", "1.999"], ["0.2", "0.399"]] as const) {
      const settings = { SIDELINE_POLL_INTERVAL: poll, SIDELINE_MAX_STALENESS: stale };
      for (const more of [{}, { SIDELINE_OPENFGA_URL: "http://localhost:8080" }]) {
        expect(fault({ ...settings, ...more })).toMatch(
          /^SIDELINE_MAX_STALENESS: [\d.]+ seconds is less than twice SIDELINE_POLL_INTERVAL \([\d.]+ seconds\)/);
      }
    }
  });

  it("keep an idle connection open for 75 seconds by default", () => {
    expect(readConfig({}).keepAlive).toBe(75_000);
    expect(readConfig({ SIDELINE_KEEP_ALIVE: "0.5" }).keepAlive).toBe(500);
    expect(readConfig({ SIDELINE_KEEP_ALIVE: "3600" }).keepAlive).toBe(3_600_000);
    for (const text of ["0", "3600.001", "-1", "1m"]) {
      expect(fault({ SIDELINE_KEEP_ALIVE: text })).toContain("SIDELINE_KEEP_ALIVE");
    }
  });

  it("take the id of a new store, which is a ULID", () => {
    expect(readConfig({}).storeId).toBeUndefined();
    const storeId = "01HVMMBCMGZNT3SED4Z17ECXCA";
    expect(readConfig({ SIDELINE_STORE_ID: storeId })).toMatchObject({ storeId });
    for (const text of [storeId.toLowerCase(), storeId.slice(1), `${storeId}0`, `8${storeId.slice(1)}`, "sideline"]) {
      expect(fault({ SIDELINE_STORE_ID: text })).toContain("SIDELINE_STORE_ID");
    }
  });

  it("take the public address, without a slash at its end and without a query", () => {
    expect(readConfig({}).publicUrl).toBeUndefined();
    expect(readConfig({ SIDELINE_PUBLIC_URL: "https://pdp.example.com/tenant/" }).publicUrl)
      .toBe("https://pdp.example.com/tenant");
    for (const text of ["pdp.example.com", "ftp://pdp.example.com", "https://pdp.example.com/?a=b", "https://h/#x"]) {
      expect(fault({ SIDELINE_PUBLIC_URL: text })).toContain("SIDELINE_PUBLIC_URL");
    }
  });

  it("take the console's switch, and its link with {id}", () => {
    expect(readConfig({})).toMatchObject({ console: true, consoleLink: undefined });
    expect(readConfig({ SIDELINE_CONSOLE: "false" }).console).toBe(false);
    expect(fault({ SIDELINE_CONSOLE: "no" })).toContain("SIDELINE_CONSOLE");
    for (const link of ["https://app.example/people/{id}", "http://localhost:3000/{type}?id={id}#{id}"]) {
      expect(readConfig({ SIDELINE_CONSOLE_LINK: link }).consoleLink).toBe(link);
    }
    for (const link of ["https://app.example/people", "javascript:alert({id})", "//app.example/{id}", "https://{id}/x",
      "https://app.example/{id}/{name}", "https://app.example/{id} x", "https://{id}.example/x"]) {
      expect(fault({ SIDELINE_CONSOLE_LINK: link })).toContain("SIDELINE_CONSOLE_LINK");
    }
  });

  it("report all faults at once", () => {
    const said = fault({ SIDELINE_PORT: "x", SIDELINE_LOG_LEVEL: "y" });
    expect(said).toContain("SIDELINE_PORT");
    expect(said).toContain("SIDELINE_LOG_LEVEL");
  });

  it("refuse empty API keys: a server that was meant to have some must not start without", () => {
    expect(fault({ SIDELINE_KEYS: "" })).toContain("SIDELINE_KEYS");
    expect(fault({ SIDELINE_KEYS: "", SIDELINE_HOST: "127.0.0.1" })).toContain("SIDELINE_KEYS");
  });

  it("without keys accept only a loopback address", () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) {
      expect(readConfig({ SIDELINE_HOST: host }).host).toBe(host);
    }
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "example.org"]) {
      expect(fault({ SIDELINE_HOST: host })).toContain("loopback");
      expect(readConfig({ SIDELINE_HOST: host, SIDELINE_KEYS: "keys.json" }).host).toBe(host);
    }
  });
});
