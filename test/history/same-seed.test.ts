import { expect, test } from 'vitest';
import { play } from './machine.ts';

test('one seed gives one history, whatever was played before it', async () => {
  const first = await play(42);
  await play(43);
  const again = await play(42);
  expect(again.story).toEqual(first.story);
  expect(first.story.length).toBeGreaterThan(10);
});
