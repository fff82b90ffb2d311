// Prints "N passed, N failed" from vitest's JSON report, and exits non-zero unless tests ran and all of them passed.
// Skipped tests are named, one a line, and counted: "N passed, N failed, N skipped". In CI a test whose requirements
// the machine lacks fails instead of being skipped (test/live/required.ts). Arguments: path of the report, exit status
// of vitest. A file that could not be loaded, or a run that failed without a failed test, counts as one failure.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

const [path, status] = process.argv.slice(2);

/** Statuses that vitest gives to a test that did not run. */
const SKIPPED = new Set(["skipped", "pending", "todo", "disabled"]);

/** Path of a test file, relative to the project's folder. */
const nameOf = (file) => relative(join(import.meta.dirname, ".."), file.name);

/** Counts of a report, and the names of skipped tests; a missing report counts as one failure. */
function count() {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const broken = report.testResults
      .filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"));
    const skipped = report.testResults.flatMap((file) => file.assertionResults
      .filter((test) => SKIPPED.has(test.status)).map((test) => `${nameOf(file)} > ${test.fullName}`));
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length, skipped };
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

const counted = count();
const bad = status !== "0" || counted.passed === 0;
const failed = bad ? Math.max(1, counted.failed) : counted.failed;
const { skipped } = counted;
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${counted.passed} passed, ${failed} failed${skipped.length === 0 ? "" : `, ${skipped.length} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;
