// Writes docs/audit.md from the rules of the audit, with findings on planted mistakes: node scripts/auditDocs.mjs. The test that holds the
// page up to date writes it.
import { spawnSync } from 'node:child_process';

const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'slow', 'tests/audit/auditRules.test.ts'],
  { stdio: 'inherit', env: { ...process.env, GRADSPLIT_WRITE: 'docs/audit.md' } },
);
process.exitCode = status ?? 1;
