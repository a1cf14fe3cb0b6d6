import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  test: {
    root,
    reporters: ['default', './tests/support/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'quick',
          root,
          include: ['tests/{unit,contract,architecture}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          root,
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each starts a workstation and a Chromium; side by side they would only slow each other down.
          fileParallelism: false,
          // Generous, because what is waited for is whether, not how fast, and machines are busy.
          expect: { poll: { timeout: 20_000, interval: 50 } },
        },
      },
    ],
  },
});
