import { cpus } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // No test waits for real time; this is for those that start the runner as a program, on a machine that is busy.
    testTimeout: 60_000,
    // A process for each core (by itself vitest leaves one idle), and not one for each file: starting one and loading the emulator takes longer
    // than most files' tests.
    pool: 'forks',
    poolOptions: { forks: { minForks: 1, maxForks: cpus().length } },
    isolate: false,
    reporters: ['default', ['json', { outputFile: 'build/test-results.json' }]],
  },
});
