// How `npm test` finds and runs tests. GRADSPLIT_TEST_REPORT names a file for the counts that .ci/run prints.
import { defineConfig } from 'vitest/config';

const report = process.env.GRADSPLIT_TEST_REPORT;

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/full/**', 'tests/gpu/**', 'tests/browser/**'],
        },
      },
      {
        // What is all about the kernels once more in the build that the engine would not choose.
        extends: true,
        test: {
          name: 'plain',
          include: ['tests/kernels/**/*.test.ts', 'tests/ops/**/*.test.ts', 'tests/claims/generic.test.ts'],
          env: { GRADSPLIT_SIMD: 'plain' },
        },
      },
    ],
  },
});
