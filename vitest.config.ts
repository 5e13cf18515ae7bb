import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    globalSetup: 'test/support/global-setup.ts',
    isolate: false,
    maxWorkers: 3,
    // Only what hangs takes so long, however busy the machine is.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
