import fc from 'fast-check';
import { expect, it } from 'vitest';
import { driftOf } from '../../shared/core/drift.ts';
import { DesiredBook } from '../../shared/core/effective.ts';
import type { Desired } from '../../shared/core/effective.ts';
import { excessOf } from '../../shared/core/excess.ts';
import { DIRECTIONS, rulesOf } from '../../shared/core/model/firewall.ts';
import type { Firewall, Outlined } from '../../shared/core/model/firewall.ts';
import type { PeerName, Rule } from '../../shared/core/model/rule.ts';
import { NAMED, Sheet, V4, writeV6 } from '../../shared/core/space/sheet.ts';
import { plainCase } from './arbitraries.ts';
import { WRITTEN } from './arbitrary-clauses.ts';
import { firewallOf, nameOf, NOW, policySetOf, TRAITS } from './core-case.ts';
import { CORE } from './core-modules.ts';

const RUNS = 600;
const SEED = 20261124;

/** Rules on one sheet, each as many times as it is shown: what an adapter makes of an answer, without an adapter. */
function outlined(rules: readonly Rule[], sheet: Sheet, isShownTwice: boolean): Outlined {
  const first = sheet.size;
  const peers: PeerName[] = [];
  const entries: Rule[] = [];
  for (const rule of isShownTwice ? rules.flatMap((one) => [one, one]) : rules) {
    const { slots, peer } = rule.box;
    const [from = 0, end = 0] = slots;
    entries.push(rule);
    if (peer.kind === 'named') {
      sheet.words[sheet.add(from, end, NAMED)] = peers.push(peer.name) - 1;
      continue;
    }
    const [v4From, v4End] = peer.addresses.v4;
    const [v6From, v6End] = peer.addresses.v6;
    if (v4From !== undefined && v4End !== undefined) sheet.words.set([v4From, v4End - 1], sheet.add(from, end, V4));
    if (v6From !== undefined && v6End !== undefined) {
      const at = sheet.addV6(from, end);
      writeV6(sheet.pairs, at, v6From);
      writeV6(sheet.pairs, at + 4, v6End - 1n);
    }
  }
  return {
    sheet,
    first,
    stop: sheet.size,
    peers,
    all: () => rules,
    at: (entry) => (entries.indexOf(entries[entry - first]!) === entry - first ? entries[entry - first] : undefined),
  };
}

function withOutlines(firewall: Firewall, isShownTwice: boolean): Firewall {
  const sheet = new Sheet(64);
  // Something else stands on the sheet before them.
  for (let entry = 0; entry < 3; entry += 1) sheet.add(0, 1, V4);
  const layers = (direction: 'ingress' | 'egress'): Firewall['ingress'] => [
    { combine: 'union', rules: outlined(rulesOf(firewall, direction), sheet, isShownTwice) },
  ];
  return { ...firewall, ingress: layers('ingress'), egress: layers('egress') };
}

/** Names of policies that may stand for any peer. */
const unresolved = fc.oneof(fc.constant<string[]>([]), fc.subarray([...WRITTEN]));

/** Every rule judged as a set, none looked at in numbers. */
function excessBySets(firewall: Firewall, desired: Desired): readonly unknown[] {
  return DIRECTIONS.flatMap((direction) =>
    rulesOf(firewall, direction).flatMap((rule) => excessOf({ firewall, direction, desired }, rule)),
  );
}

it('what is found does not depend on whether rules are looked at in numbers first, nor on whether they are made', () => {
  let fine = 0;
  let found = 0;
  fc.assert(
    fc.property(plainCase, fc.boolean(), unresolved, (plain, isShownTwice, some) => {
      const firewall = { ...firewallOf(CORE, plain), unresolved: new Set(some.map(nameOf)) };
      const desired = new DesiredBook(policySetOf(CORE, plain)).for(firewall, NOW);
      const drift = driftOf(firewall, desired, TRAITS);
      const excess = excessBySets(firewall, desired);
      expect(drift.findings.filter(({ kind }) => kind === 'excess')).toEqual(excess);
      expect(driftOf(withOutlines(firewall, isShownTwice), desired, TRAITS)).toEqual(drift);
      if (excess.length === 0) fine += 1;
      else found += 1;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  expect(Math.min(fine, found)).toBeGreaterThan(RUNS / 5);
});
