// Prints `N passed, N failed` for .ci/run, from the reports that vitest's JSON reporter has written:
// node scripts/testSummary.mjs STATUS REPORT… A run that failed elsewhere, or without a report, counts as one failure. What
// was skipped is said in a line before.
import { readFileSync } from 'node:fs';

/** Counts of a report; undefined if there is none. A file that failed without a failing test counts as one failure. */
function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests,
  };
}

const [status, ...paths] = process.argv.slice(2);
const counts = paths.map(count);
const sum = (name) => counts.reduce((total, found) => total + (found?.[name] ?? 0), 0);
const [passed, skipped] = [sum('passed'), sum('skipped')];
const isComplete = status === '0' && !counts.includes(undefined);
const failed = sum('failed') === 0 && !isComplete ? 1 : sum('failed');
if (skipped > 0) process.stdout.write(`${skipped} skipped: the reasons stand above\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
