import fc from 'fast-check';

/** A new seed for each day, the same for everybody who runs the tests that day: what fails, fails again. */
export const DAY_SEED = Math.floor(Date.now() / 86_400_000);

fc.configureGlobal({ seed: DAY_SEED });
