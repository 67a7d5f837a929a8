// node count.mjs RESULTS.json EXIT_CODE: prints "PASSED FAILED" from vitest's JSON report. A file that could not be loaded counts as
// one failure, and so does a run that ended badly for a reason no test shows (an error outside of tests, a time-out, no report).
import { existsSync, readFileSync } from "node:fs";

const [path, exitCode] = process.argv.slice(2);
const report = path && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { testResults: [] };
const tests = report.testResults.flatMap((file) => file.assertionResults);
const broken = report.testResults.filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
);
const passed = tests.filter((test) => test.status === "passed").length;
// A skipped test is one that proves nothing: the house allows none.
const failed = tests.length - passed + broken.length;
console.log(passed, failed === 0 && (exitCode !== "0" || passed === 0) ? 1 : failed);
