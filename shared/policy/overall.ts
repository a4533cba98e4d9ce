import { UNSTATED_GUARD } from '../core/model/guard.ts';
import type { PolicySet } from '../core/model/policy.ts';
import { fieldsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { guardIn } from './guard.ts';
import type { Entry } from './node.ts';
import { quoted, spotText } from './problem.ts';
import type { Complaints } from './problem.ts';
import { booleanIn, shareIn } from './scalar.ts';
import { OVERALL_LIMITS } from './shapes.ts';

/** What the files say once, for everything. */
interface Overall extends Pick<PolicySet, 'guard' | 'exposedFirewallsShare' | 'paused'> {
  /** Undefined where nobody can tell: what is stated is broken, or may stand in a file that could not be read. */
  readonly maxExceptionDays: number | undefined;
}

/** The one place where a key is stated; a complaint for every further one. */
function onlyOne(files: readonly Fields[], key: string, complaints: Complaints): Entry | undefined {
  const [first, ...more] = files.flatMap((file) => file.get(key) ?? []);
  for (const entry of more) {
    const firstPlace = first === undefined ? '' : spotText(first.at);
    complaints.add(
      entry.at,
      `${quoted(key)} is stated twice; the first is in ${firstPlace}; write all of it in one file`,
    );
  }
  return first;
}

function exposedFirewallsShareIn(entry: Entry, complaints: Complaints): number | undefined {
  const fields = fieldsOf(entry.value, OVERALL_LIMITS, '`limits: { exposedFirewallsShare: 5% }`', complaints);
  const example = '`exposedFirewallsShare: 5%`, or remove `limits`';
  const field = fields?.strays.length === 0 ? fields.need('exposedFirewallsShare', example) : undefined;
  return field === undefined ? undefined : shareIn(field, complaints);
}

/** Guard, limits and pause, which one file states for all. `whole`: every file could be read. */
export function overallOf(files: readonly Fields[], whole: boolean, complaints: Complaints): Overall {
  const guardField = onlyOne(files, 'guard', complaints);
  const limitsField = onlyOne(files, 'limits', complaints);
  const pauseField = onlyOne(files, 'pause', complaints);
  const before = complaints.count;
  const guard = (guardField === undefined ? undefined : guardIn(guardField, complaints)) ?? UNSTATED_GUARD;
  const isHealthy = complaints.count === before;
  const mayBeElsewhere = !whole || files.some((file) => file.tries('guard') && file.get('guard') !== guardField);
  return {
    guard,
    maxExceptionDays: isHealthy && !mayBeElsewhere ? guard.maxExceptionDays : undefined,
    exposedFirewallsShare: limitsField === undefined ? undefined : exposedFirewallsShareIn(limitsField, complaints),
    paused: (pauseField === undefined ? undefined : booleanIn(pauseField, complaints)) ?? false,
  };
}
