import { defineConfig } from 'vitest/config';

const results = process.env.TEST_RESULTS;

// biome-ignore lint/style/noDefaultExport: the test runner reads it
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: './setup.ts',
    fileParallelism: false,
    maxConcurrency: 4,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
});
