import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['*.test.ts'],
    globalSetup: './setup.ts',
    // One page at a time: some of the tests measure how fast it is.
    fileParallelism: false,
    // Longer than what a test waits for, so that it is that which is said to have failed.
    testTimeout: 60_000,
    hookTimeout: 20_000,
    reporters: ['default', ['json', { outputFile: fileURLToPath(new URL('../../build/page-test-results.json', import.meta.url)) }]],
  },
});
