// Writes docs/audit.md from the rules of the audit, with findings on planted mistakes, and docs/audit-formats.md, what of them is seen in
// which format: node scripts/auditDocs.mjs. The tests that hold the pages up to date write them.
import { spawnSync } from 'node:child_process';

const PAGES = {
  'docs/audit.md': 'tests/audit/auditRules.test.ts',
  'docs/audit-formats.md': 'tests/audit/upstreamTable.test.ts',
};
const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
for (const [page, test] of Object.entries(PAGES)) {
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'slow', test], {
    stdio: 'inherit',
    env: { ...process.env, GRADSPLIT_WRITE: page },
  });
  process.exitCode ||= status ?? 1;
}
