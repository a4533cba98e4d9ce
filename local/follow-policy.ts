import { PolicyWatch } from './policy-watch.ts';
import type { PolicyRead } from './policy-watch.ts';
import type { World } from './world.ts';

/** Another good policy holds from now on, for every group that there is; of a bad one nothing is taken. */
function take(world: World, read: PolicyRead): void {
  if (read.kind === 'problems') return;
  world.judgeBy(read.desired);
  for (const place of world.places) place.sweep();
}

/**
 * Lets the world judge by what the policy of a file or folder says at any time, and tells of every change of it. Where
 * functions are deployed, a policy is read when they start: to read it again is the local cloud's own.
 */
export async function followPolicy(
  world: World,
  path: string,
  onRead: (read: PolicyRead) => void,
  onFirst: (policies: number) => void = () => undefined,
): Promise<PolicyWatch> {
  const watch = new PolicyWatch(path, (read) => {
    take(world, read);
    onRead(read);
  });
  const first = await watch.start();
  // It may have been edited since the functions have read it.
  if (first.kind === 'problems') {
    onRead(first);
  } else {
    world.judgeBy(first.desired);
    onFirst(first.policies);
  }
  return watch;
}
