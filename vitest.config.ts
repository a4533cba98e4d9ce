import { defineConfig } from 'vitest/config';
import { reporters } from './test/reporters.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Unstated, it leaves one core to whoever watches, which on two cores is half of them.
    maxWorkers: '100%',
    // Our modules keep no state that a test could leave behind, so files share them: that takes half the time.
    isolate: false,
    ...reporters(),
  },
});
