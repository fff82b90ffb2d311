// Prints "N passed, N failed" from vitest's JSON report, and exits non-zero unless tests ran and all of them passed.
// Arguments: path of the report, exit status of vitest. A file that could not be loaded, or a run that failed without
// a failed test, counts as one failure.
import { readFileSync } from "node:fs";

const [path, status] = process.argv.slice(2);

/** Counts of a report; no report is one failure. */
function count() {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const broken = report.testResults
      .filter((file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"));
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}

const counted = count();
const bad = status !== "0" || counted.passed === 0;
const failed = bad ? Math.max(1, counted.failed) : counted.failed;
console.log(`${counted.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
