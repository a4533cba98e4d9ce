import type { Chance } from './chance.ts';
import type { Beginning } from './ec2/start.ts';
import type { Staff } from './people.ts';

/** One account in one region, as the local cloud starts with it. */
export interface Site {
  readonly account: string;
  /** What people call the account. */
  readonly name: string;
  readonly region: string;
  readonly staff: Staff;
  readonly beginning: Beginning;
  /** Where ids come from. Default: true chance. */
  readonly chance?: Chance;
}
