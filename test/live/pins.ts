// The OpenFGA versions of the tests, pinned in test/openfga-server/go.mod, and the folders of their builds.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Folder of this project. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Folder of the Go module that pins and builds OpenFGA and its command line. */
export const GO_MODULE = join(ROOT, "test/openfga-server");

/** The two Go commands of the tests: name of the binary, package to build, variable that holds its version. */
export const COMMANDS = {
  openfga: {
    package: "github.com/openfga/openfga/cmd/openfga",
    module: "github.com/openfga/openfga",
    versionVariable: "github.com/openfga/openfga/internal/build.Version",
  },
  fga: {
    package: "github.com/openfga/cli/cmd/fga",
    module: "github.com/openfga/cli",
    versionVariable: "github.com/openfga/cli/internal/build.Version",
  },
} as const;

export type CommandName = keyof typeof COMMANDS;

/** Version pinned for a command, without the leading `v`. Throws if go.mod does not pin it. */
export function pinnedVersion(name: CommandName): string {
  const goMod = readFileSync(join(GO_MODULE, "go.mod"), "utf8");
  const line = goMod.split("\n").map((l) => l.trim().split(/\s+/))
    .find((words) => words[0] === COMMANDS[name].module);
  const version = line?.[1];
  if (version === undefined) throw new Error(`test/openfga-server/go.mod does not pin ${COMMANDS[name].module}`);
  return version.replace(/^v/, "");
}

/** Path of a built command. The folder's name is the hash of go.sum, so that a changed pin causes a new build. */
export function cachedBinary(name: CommandName): string {
  const hash = createHash("sha256").update(readFileSync(join(GO_MODULE, "go.sum"))).digest("hex").slice(0, 12);
  return join(ROOT, ".cache/openfga", hash, name);
}
