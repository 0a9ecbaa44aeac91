import { defineConfig } from 'vitest/config';

const results = process.env.TEST_RESULTS;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/build/**'],
    setupFiles: ['test/seed.ts'],
    testTimeout: 120_000,
    maxWorkers: 2,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
});
