// How `npm run test:gpu` finds and runs tests: one browser for all. GRADSPLIT_GPU_REPORT names a file for the counts of .ci/run.
import { defineConfig } from 'vitest/config';

const report = process.env.GRADSPLIT_GPU_REPORT;

export default defineConfig({
  test: {
    include: ['tests/gpu/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ['verbose'] : ['verbose', ['json', { outputFile: report }]],
  },
});
