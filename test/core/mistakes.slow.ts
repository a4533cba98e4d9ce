import { describe, expect, it } from 'vitest';
import type { Core } from './core-modules.ts';
import { holds } from './laws.ts';
import type { LawName } from './laws.ts';
import { withMutatedCore } from './mutated-core.ts';
import type { Mistake } from './mutated-core.ts';

/**
 * Mistakes that somebody could make, one comparison or operator each, put into a copy of the core. A law that lets one
 * through is too weak, whatever it says of the core as it is. None of them makes a loop endless: nothing would end it.
 */
const MISTAKES: readonly (Mistake & { readonly law: LawName; readonly so: string })[] = [
  {
    file: 'space/line.ts',
    find: 'toggle <= place',
    law: 'exposure',
    replace: 'toggle < place',
    so: 'the first place of a range lies outside it',
  },
  {
    file: 'space/addresses.ts',
    find: 'a.v4.length === 0 && a.v6.length === 0',
    law: 'exposure',
    replace: 'a.v4.length === 0 || a.v6.length === 0',
    so: 'peers of one family only are nobody',
  },
  {
    file: 'space/cidr.ts',
    find: '(value << 16n) | group',
    law: 'exposure',
    replace: '(value << 16n) & group',
    so: 'every IPv6 address is read as the first one',
  },
  {
    file: 'space/traffic.ts',
    find: 'from <= slot && slot < end',
    law: 'exposure',
    replace: 'from <= slot && slot <= end',
    so: 'the first slot of a band is looked for in the band before it',
  },
  {
    file: 'demand.ts',
    find: 'strictness(other.mode) >= strictness(policy.mode)',
    law: 'forbidden',
    replace: 'strictness(other.mode) <= strictness(policy.mode)',
    so: 'a trial policy widens an enforced one',
  },
  {
    file: 'selection.ts',
    find: 'this.#moment < until.getTime()',
    law: 'forbidden',
    replace: 'this.#moment > until.getTime()',
    so: 'exceptions count when their day has passed',
  },
  {
    file: 'excess.ts',
    find: 'rest = traffic.difference(rest, hit(by));',
    law: 'findings',
    replace: 'rest = traffic.union(rest, hit(by));',
    so: 'what one clause forbids is found under the next one, too',
  },
  {
    file: 'excess.ts',
    find: 'one.policy.mode !== by.mode) continue',
    law: 'named peers',
    replace: 'one.policy.mode === by.mode) continue',
    so: 'a named peer is judged under the wrong policy',
  },
  {
    file: 'plan.ts',
    find: "finding.certainty === 'proven'",
    law: 'revert',
    replace: "finding.certainty !== 'proven'",
    so: 'what is only possible is reverted',
  },
  {
    file: 'pieces.ts',
    find: 'if (band.from > at) return',
    law: 'revert',
    replace: 'if (band.from < at) return',
    so: 'a piece reaches over slots that are not fine',
  },
  {
    file: 'sayable.ts',
    find: 'everyProtocol && !traits.named.includes',
    law: 'revert',
    replace: 'everyProtocol || !traits.named.includes',
    so: 'what stays of a rule that names a peer is given up',
  },
  {
    file: 'remainder.ts',
    find: "handling.collateral === 'allow'",
    law: 'revert',
    replace: "handling.collateral !== 'allow'",
    so: 'legal traffic is closed without leave',
  },
  {
    file: 'reverts.ts',
    find: '!present.has(contentKey(direction, content))',
    law: 'revert',
    replace: 'present.has(contentKey(direction, content))',
    so: 'only what exists already is written',
  },
  {
    file: 'exposure.ts',
    find: 'addresses.includes(extent.least, packet.peer)',
    law: 'exposure',
    replace: '!addresses.includes(extent.least, packet.peer)',
    so: 'a named peer is everybody but who it surely is',
  },
  {
    file: 'simulate.ts',
    find: 'replaced.get(rule.id) ?? [rule]',
    law: 'revert',
    replace: 'replaced.get(rule.id) ?? []',
    so: 'the rules that no change speaks of are gone',
  },
  {
    file: 'guard.ts',
    find: 'count > limits.changesPerFirewall',
    law: 'guard',
    replace: 'count >= limits.changesPerFirewall',
    so: 'as many changes as are allowed are held',
  },
  {
    file: 'guard.ts',
    find: 'changesInRun + count > limits.changesPerRun',
    law: 'guard',
    replace: 'changesInRun + count >= limits.changesPerRun',
    so: 'a run stops one change before its bound',
  },
  {
    file: 'model/finding.ts',
    find: "finding.mode !== 'enforce'",
    law: 'revert',
    replace: "finding.mode === 'enforce'",
    so: 'trials are carried out, and what is enforced is not',
  },
  {
    file: 'remainder.ts',
    find: "first.handling.revert === 'remove'",
    law: 'revert',
    replace: "first.handling.revert !== 'remove'",
    so: 'rules go whole where they should be narrowed',
  },
  {
    file: 'demand.ts',
    find: 'strictness(policy.mode) >= strictness(mode)',
    law: 'named peers',
    replace: 'strictness(policy.mode) <= strictness(mode)',
    so: 'a named peer is judged by the milder policies',
  },
  {
    file: 'pieces.ts',
    find: 'band.from < end && from < band.end',
    law: 'revert',
    replace: 'band.from > end && from < band.end',
    so: 'what is needed on some slots is looked for behind them',
  },
  {
    file: 'demand.ts',
    find: 'clause.firm ? hit',
    law: 'forbidden',
    replace: '!clause.firm ? hit',
    so: 'exceptions yield to every deny but a firm one',
  },
  {
    file: 'demand.ts',
    find: 'const surely = traffic.trafficOf(clause.slots, least)',
    law: 'forbidden',
    replace: 'const surely = traffic.trafficOf(clause.slots, most)',
    so: 'whoever a peer that an allow names might be is allowed',
  },
  {
    file: 'demand.ts',
    find: 'sight.written.includes(name) ? EVERYBODY',
    law: 'forbidden',
    replace: '!sight.written.includes(name) ? EVERYBODY',
    so: 'a clause means every peer but the one that it names',
  },
  {
    file: 'peers.ts',
    find: 'names.get(NETWORK)?.least',
    law: 'forbidden',
    replace: 'names.get(NETWORK)?.most',
    so: 'what may be the network is taken out of the internet',
  },
  {
    file: 'peers.ts',
    find: 'name === peer || aliases.get(name) === peer',
    law: 'named peers',
    replace: 'name === peer && aliases.get(name) === peer',
    so: 'a peer is known by no name but its own',
  },
  {
    file: 'excess.ts',
    find: 'if (isExact(extent)) slots',
    law: 'named peers',
    replace: 'if (!isExact(extent)) slots',
    so: 'a part is proven only of peers that nobody knows',
  },
  {
    file: 'excess.ts',
    find: 'graces.size < 2 ||',
    law: 'spelling',
    replace: 'graces.size > 1 ||',
    so: 'what one policy wants to wait for holds back what it does not forbid',
  },
  {
    file: 'excess.ts',
    find: 'traffic.intersection(unsure, view.could)',
    law: 'named peers',
    replace: 'traffic.intersection(unsure, view.forbidden)',
    so: 'what is forbidden only if a peer turns out so is fine',
  },
  {
    file: 'selection.ts',
    find: 'match.id?.includes(target.id) === true',
    law: 'forbidden',
    replace: 'match.id?.includes(target.id) !== true',
    so: 'what a service tends is enforced by the policies that do not mean it',
  },
  {
    file: 'screen.ts',
    find: '(toggles[behind] ?? 0) <= last',
    law: 'findings',
    replace: '(toggles[behind] ?? 0) > last',
    so: 'a rule in addresses is fine if only its end is forbidden',
  },
  {
    file: 'screen.ts',
    find: 'countUpTo(this.#froms, end - 1)',
    law: 'findings',
    replace: 'countUpTo(this.#froms, from)',
    so: 'a rule for many ports is looked at on the first of them only',
  },
  {
    file: 'screen.ts',
    find: 'index < b.v4.length',
    law: 'named peers',
    replace: 'index > b.v4.length',
    so: 'what a named peer may be is looked at in IPv6 only',
  },
  {
    file: 'selection.ts',
    find: 'filter((name) => !forbidding.has(name))',
    law: 'named peers',
    replace: 'filter((name) => forbidding.has(name))',
    so: 'whom a deny names is taken for anybody',
  },
  {
    file: 'during.ts',
    find: 'from <= minute && minute < to',
    law: 'forbidden',
    replace: 'from <= minute && minute <= to',
    so: 'a clause is live in the minute in which it ends',
  },
  {
    file: 'during.ts',
    find: 'begins(DAY_BEFORE[day]) && minute < to',
    law: 'forbidden',
    replace: 'begins(DAY_BEFORE[day]) && minute > to',
    so: 'a window over midnight goes on when it has ended',
  },
  {
    file: 'missing.ts',
    find: '!firewall.aliases.has(name)',
    law: 'revert',
    replace: 'firewall.aliases.has(name)',
    so: 'rules are added that name what nobody knows',
  },
  {
    file: 'missing.ts',
    find: '|| clause.open) return forbidden',
    law: 'revert',
    replace: '|| !clause.open) return forbidden',
    so: 'what is required is opened to the internet without leave',
  },
  {
    file: 'exposure.ts',
    find: 'box.peer.name === peer',
    law: 'revert',
    replace: 'box.peer.name !== peer',
    so: 'a rule that names another peer is what is required',
  },
  {
    file: 'remainder.ts',
    find: "one.handling.overflow === 'remove'",
    law: 'revert',
    replace: "one.handling.overflow !== 'remove'",
    so: 'a rule of which a part is forbidden goes whole where it should be held',
  },
  {
    file: 'limits.ts',
    find: 'count > openPorts',
    law: 'limits',
    replace: 'count >= openPorts',
    so: 'as many pairs as are allowed are too many',
  },
  {
    file: 'limits.ts',
    find: 'ports + portless.size',
    law: 'limits',
    replace: 'ports - portless.size',
    so: 'a protocol without ports makes the count smaller',
  },
];

// The first of the cases of laws.test.ts, over which the core as it is breaks no law: so what breaks one here is the mistake.
const RUNS = 300;
const SEED = 20261124;

function breaks(core: Core, law: LawName): boolean {
  const asking = { runs: RUNS, seed: SEED, shrink: false, timeLimitMs: 240_000 };
  return holds(core, law, asking).counterexample !== undefined;
}

describe('mistakes in the core', { timeout: 300_000 }, () => {
  it.each(MISTAKES)('$file: `$find` as `$replace`, so $so: breaks the law of $law', async (mistake) => {
    expect(await withMutatedCore(mistake, (core) => breaks(core, mistake.law))).toBe(true);
  });

  it('have to be renewed when the core has changed below them', async () => {
    const gone = { file: 'space/line.ts', find: 'toggle <=> place', replace: 'toggle < place' };
    await expect(withMutatedCore(gone, (core) => core)).rejects.toThrow(/occurs 0 times .* renew this mistake/);
  });
});
