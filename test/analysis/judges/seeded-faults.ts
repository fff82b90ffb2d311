// Copies of the analysis with one fault each, as modules of their own.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as comparing from "../../../src/analysis/compare-models.ts";
import { ROOT } from "../../live/pins.ts";

const FOLDER = join(ROOT, "src/analysis");

/** A fault: in a file of src/analysis, one text in place of another. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A copy of the analysis. `remove` deletes its files. */
export interface FaultyAnalysis {
  readonly compareModels: typeof comparing.compareModels;
  remove(): void;
}

/** Copies the analysis with a fault and loads the copy. Throws if the fault's text does not occur exactly once. */
export async function loadWith({ file, from, to }: Fault): Promise<FaultyAnalysis> {
  const folder = mkdtempSync(join(tmpdir(), "faulty-analysis-"));
  mkdirSync(join(folder, "analysis"));
  for (const name of readdirSync(FOLDER)) {
    const source = readFileSync(join(FOLDER, name), "utf8");
    if (name === file && source.split(from).length !== 2) throw new Error(`${file} does not have '${from}' once`);
    const text = name === file ? source.replace(from, () => to) : source;
    // The rest of the sources stays in its place, so that models and tuples are the same classes.
    writeFileSync(join(folder, "analysis", name), text.replaceAll('from "../', `from "${join(ROOT, "src")}/`));
  }
  const module = await import(pathToFileURL(join(folder, "analysis/compare-models.ts")).href) as typeof comparing;
  return { compareModels: module.compareModels, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
