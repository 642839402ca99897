import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The numbers of the run, for `.ci/run`.
    reporters: ['default', ['json', { outputFile: '.local/vitest.json' }]],
    projects: [
      {
        test: {
          name: 'rules',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/local/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          // Starts engines and installs of its own, one at a time: two cores.
          name: 'local',
          include: ['test/local/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          // One engine with the app deployed, shared by all of them.
          name: 'engine',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/deployed.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
