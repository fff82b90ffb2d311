// Builds dist/ from src/ and model.fga. The published package has a built dist/ and no src/: there the script does
// nothing. Production installs leave out development dependencies: without TypeScript the script says so and leaves
// dist/ as it is, so that it never fails the install.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeSearchesAtOnce } from "./at-once.mjs";

const root = resolve(import.meta.dirname, "..");

/** Path of the TypeScript compiler, or undefined if it is not installed. */
function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  } catch {
    return undefined;
  }
}

/** Removes files from dist/ whose source file no longer exists. */
function removeStale() {
  const dist = join(root, "dist");
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const source = join(root, "src", relative(dist, file).replace(/\.(?:d\.ts|js)$/, ".ts"));
    if (!existsSync(source) && !existsSync(`${source}x`)) rmSync(file);
  }
}

/** Precompiles model.fga, so that no start has to parse it. */
async function keep() {
  const { keepPolicy } = await import(pathToFileURL(join(root, "dist/policy/precompile.js")).href);
  writeFileSync(join(root, "dist/model.json"), keepPolicy(readFileSync(join(root, "model.fga"), "utf8")));
}

const tsc = compiler();
if (tsc === undefined) {
  console.log("sideline: TypeScript is not installed, dist/ is left as it is");
} else if (!existsSync(join(root, "src"))) {
  console.log("sideline: dist/ is built already");
} else {
  writeSearchesAtOnce();
  const args = [tsc, "-p", join(root, "tsconfig.build.json")];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  removeStale();
  await keep();
}
