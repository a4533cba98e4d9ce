import { defineConfig } from 'vitest/config';
import { reporters } from './test/reporters.ts';

/** The suites that `.ci/run` runs beside `npm test`: the same laws with many more cases. */
export default defineConfig({
  test: {
    include: ['test/**/*.slow.ts'],
    setupFiles: ['test/seed.ts'],
    testTimeout: 1_800_000,
    maxWorkers: '100%',
    ...reporters(),
  },
});
