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
    // Packages come from a network and containers from an engine: what fails twice is broken.
    retry: 1,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
});
