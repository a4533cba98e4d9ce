// PolicySet -> what it says and this version does not carry out. Each goes when its version comes.
import { limitsOf } from '../../core/model/guard.ts';
import type { Place, Policy, PolicySet } from '../../core/model/policy.ts';
import { quoted } from '../problem.ts';
import { listText } from './remark.ts';
import type { Remark } from './remark.ts';

/** What is said of a policy that asks for something of a later version. */
interface Asking {
  readonly asks: (policy: Policy) => boolean;
  readonly what: string;
}

const OF_POLICIES: readonly Asking[] = [
  {
    asks: ({ mode }) => mode === 'approve',
    what: '`mode: approve` is carried out by a later version and only reports until then; write `enforce` to revert now',
  },
  {
    asks: ({ handling }) => handling.revert === 'restore',
    what: '`revert: restore` is carried out by a later version and only reports until then; write `narrow` to revert now',
  },
  {
    asks: ({ defaults }) => defaults === 'judge',
    what: "`defaults: judge` is about an NSG's own rules, which a later version reads; it changes nothing until then",
  },
  {
    asks: ({ match }) => match.resourceGroup !== undefined || match.cloud?.every((cloud) => cloud === 'azure') === true,
    what: 'it matches firewalls of Azure alone, which a later version guards; it governs nothing until then',
  },
];

/** One remark for all policies that ask for the same, at the first of them. */
function ofPolicies({ policies }: PolicySet): readonly Remark[] {
  return OF_POLICIES.flatMap(({ asks, what }) => {
    const [first, ...more] = policies.filter(asks);
    const others = more.length === 0 ? '' : ` (and ${String(more.length)} more)`;
    return first === undefined ? [] : { place: first.place, what: `${quoted(first.name)}${others}: ${what}` };
  });
}

function ofInstances({ instances }: PolicySet): readonly Remark[] {
  const [first] = instances;
  const what = '`instances` is read and checked; a later version carries it out';
  return first === undefined ? [] : [{ place: first.place, what }];
}

/** Bounds that are counted, or hold already, in this version. */
const CARRIED_OUT = ['maxChangesPerFirewall', 'maxChangesPerRun', 'maxExceptionDays'];

/** What stands at the top of some file. The model does not keep where. */
function ofGuard(set: PolicySet, place: Place): readonly Remark[] {
  const { uncounted } = limitsOf(set);
  const idle = set.guard.stated.filter((bound) => !CARRIED_OUT.includes(bound) && !uncounted.includes(bound));
  const texts = (bounds: readonly string[]): string => listText(bounds.map((bound) => `\`guard.${bound}\``));
  const remarks: Remark[] = [];
  if (uncounted.length > 0) {
    const what = `${texts(uncounted)} cannot be counted across runs before a later version, so nothing is changed at all`;
    remarks.push({
      place,
      what: `${what}; leave ${uncounted.length === 1 ? 'it' : 'them'} out to go by the bounds of one run`,
    });
  }
  if (idle.length > 0) {
    const verb = idle.length === 1 ? 'is' : 'are';
    remarks.push({ place, what: `${texts(idle)} ${verb} read and checked; a later version carries it out` });
  }
  if (set.exposedFirewallsShare !== undefined) {
    const what = '`limits.exposedFirewallsShare` is read and checked; a later version counts it';
    remarks.push({ place, what });
  }
  return remarks;
}

/** What a policy set asks for in vain. `top`: where what holds for all files is told of. */
export function laterIn(set: PolicySet, top: Place): readonly Remark[] {
  return [...ofPolicies(set), ...ofInstances(set), ...ofGuard(set, top)];
}
