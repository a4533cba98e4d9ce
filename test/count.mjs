// Adds up the reports of the test runs named as arguments, and prints the line that says how many passed and failed.
// A report that is missing, or that counts no test, is a failure: a suite that did not run has not passed.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (report === undefined || report.numTotalTests === 0) {
    process.stderr.write(
      `test report \`${path}\` is missing or counts no test; the run before it did not get that far\n`,
    );
    failed += 1;
    continue;
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
