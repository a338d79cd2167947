// Prints `N passed, N failed` for .ci/run, from the report that vitest's JSON reporter has written:
// node scripts/testSummary.mjs REPORT STATUS. No report, or a run that failed elsewhere, counts as one failure.
import { readFileSync } from 'node:fs';

/** Counts of a report. A file that failed without a failing test (it could not be loaded) counts as one. */
function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

const [report, status] = process.argv.slice(2);
const { passed, failed } = count(report);
const elsewhere = failed === 0 && status !== '0' ? 1 : 0;
process.stdout.write(`${passed} passed, ${failed + elsewhere} failed\n`);
process.exitCode = failed + elsewhere > 0 || passed === 0 ? 1 : 0;
