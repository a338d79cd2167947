import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    setupFiles: ['tests/setup.ts'],
    env: { GRADSPLIT_TEST_FULL: '1', GRADSPLIT_TEST_SEED: process.env.GRADSPLIT_TEST_SEED ?? 'random' },
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
