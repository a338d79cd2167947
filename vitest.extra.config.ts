// How the tests run that need more than `npm ci`: a browser, gpu.js in a folder of its own, or the API reference. The npm scripts
// get these ready and name the folder. GRADSPLIT_TEST_REPORT names a file for the counts that .ci/run prints.
import { defineConfig } from 'vitest/config';

const report = process.env.GRADSPLIT_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['tests/{gpu,browser,reference}/**/*.test.ts'],
    pool: 'forks',
    // One browser after the other.
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ['verbose'] : ['verbose', ['json', { outputFile: report }]],
  },
});
