// How `npm test` finds and runs tests. GRADSPLIT_TEST_REPORT names a file for the counts that .ci/run prints.
import { defineConfig } from 'vitest/config';

const report = process.env.GRADSPLIT_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/full/**'],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
