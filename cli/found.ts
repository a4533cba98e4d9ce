// Answers in files -> the firewalls that they show, each once. A document's own ids are shown, not their stand-ins.
import { Fault } from '../shared/base/fault.ts';
import { firewallsOf } from '../shared/clouds/aws/decode.ts';
import type { Answers, Context } from '../shared/clouds/aws/decode.ts';
import { placesIn } from '../shared/clouds/aws/names.ts';
import { shownAsDeclared, withStandIns } from '../shared/clouds/aws/stand-ins.ts';
import { rulesOf } from '../shared/core/model/firewall.ts';
import type { Direction, Firewall } from '../shared/core/model/firewall.ts';
import { contentKey } from '../shared/core/spell.ts';
import { isFields } from './answer.ts';
import type { Answer, AnswerKind, Document } from './answer.ts';

/** Decodes what one file says, so that a message can name the file. */
function decoded<T>({ file }: Answer, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${file}: ${error.message}`, { cause: error });
  }
}

/** A firewall, and what it was found in. */
export interface Found {
  readonly firewall: Firewall;
  readonly file: string;
  /** The document that declares it, where no cloud showed it. */
  readonly document: Document | undefined;
  /** Without an answer that has them, name, tags and network of a firewall are blank, not known to be blank. */
  readonly described: boolean;
}

/** All rows of all files in one answer: EC2 pages them, so a group's rows may be spread over files. */
function mergedRules(answers: readonly Answer[]): { readonly SecurityGroupRules: readonly unknown[] } | undefined {
  const rules = answers.filter(({ kind }) => kind === 'SecurityGroupRules');
  if (rules.length === 0) return undefined;
  for (const answer of rules) decoded(answer, () => firewallsOf({ rules: answer.value }, NOWHERE));
  return { SecurityGroupRules: rules.flatMap(({ elements }) => elements) };
}

/** All VPCs of all files, but for those of which the command line states the ranges: it is newer than a file. */
function mergedVpcs(answers: readonly Answer[], { ranges }: Context): Answers['vpcs'] {
  const vpcs = answers.filter(({ kind }) => kind === 'Vpcs');
  for (const answer of vpcs) {
    decoded(answer, () => firewallsOf({ groups: { SecurityGroups: [] }, vpcs: answer.value }, NOWHERE));
  }
  const isStated = (vpc: unknown): boolean => {
    const id = isFields(vpc) ? vpc['VpcId'] : undefined;
    return typeof id === 'string' && ranges.has(id);
  };
  return { Vpcs: vpcs.flatMap(({ elements }) => elements).filter((vpc) => !isStated(vpc)) };
}

const NOWHERE: Context = { readAt: new Date(0), ranges: new Map(), written: [] };

/**
 * Groups joined with the rows of the same groups. A group without any row is judged by its group answer alone: the
 * rows may have been asked for with a filter, and the groups were not.
 */
function inAnswers(answers: readonly Answer[], context: Context, vpcs: Answers['vpcs']): readonly Found[] {
  const rules = mergedRules(answers);
  const grouped = answers.filter(({ kind }) => kind === 'SecurityGroups');
  const withRows = new Map(
    (rules === undefined ? [] : firewallsOf({ rules, vpcs }, context)).map((firewall) => [
      firewall.target.id,
      firewall,
    ]),
  );
  const described = grouped.flatMap((answer): readonly Found[] => {
    const alone = decoded(answer, () => firewallsOf({ groups: answer.value, vpcs }, context));
    const joined =
      rules === undefined ? [] : firewallsOf({ groups: answer.value, rules, vpcs }, context).slice(0, alone.length);
    const { file } = answer;
    return alone.map((firewall, index) => ({
      firewall: withRows.has(firewall.target.id) ? (joined[index] ?? firewall) : firewall,
      file,
      document: undefined,
      described: true,
    }));
  });
  const file = answers.find(({ kind }) => kind === 'SecurityGroupRules')?.file ?? '';
  const known = new Set(described.map(({ firewall }) => firewall.target.id));
  const rest = [...withRows.values()].filter(({ target }) => !known.has(target.id));
  return [...described, ...rest.map((firewall) => ({ firewall, file, document: undefined, described: false }))];
}

/** A document always has both its groups and all their rules; what has rules only is a group elsewhere. */
function inDocument(
  answers: readonly Answer[],
  document: Document,
  context: Context,
  vpcs: Answers['vpcs'],
): readonly Found[] {
  const of = (kind: AnswerKind): Answer | undefined =>
    answers.find((answer) => answer.document === document && answer.kind === kind);
  const [groups, rules] = [of('SecurityGroups'), of('SecurityGroupRules')];
  if (groups === undefined || rules === undefined) return [];
  const { file, standIns, unread } = document;
  const firewalls = decoded(groups, () => firewallsOf({ groups: groups.value, rules: rules.value, vpcs }, context));
  return firewalls.map((firewall, index) => ({
    firewall: shownAsDeclared(firewall, standIns, unread.get(firewall.target.id) ?? []),
    file,
    document,
    described: index < groups.elements.length,
  }));
}

/**
 * A group, with the rules that a document adds to it. What it has already is not told twice: the document may be of rules
 * that are live. Rules of two documents may stand at the same place in each.
 */
function withAdded(found: Found, added: Found): Found {
  const { firewall } = found;
  const layersOf = (direction: Direction): Firewall['ingress'] => {
    const there = rulesOf(firewall, direction);
    const keys = new Set(there.map((rule) => contentKey(direction, rule)));
    const ids = new Set(there.map(({ id }) => id));
    const more = rulesOf(added.firewall, direction)
      .filter((rule) => !keys.has(contentKey(direction, rule)))
      .map((rule) => (ids.has(rule.id) ? { ...rule, id: `${rule.id} (${added.file})` } : rule));
    return [{ combine: 'union', rules: [...there, ...more] }];
  };
  return {
    ...found,
    firewall: {
      ...firewall,
      version: `${firewall.version} ${added.firewall.version}`,
      ingress: layersOf('ingress'),
      egress: layersOf('egress'),
      names: new Map([...added.firewall.names, ...firewall.names]),
      unread: [...firewall.unread, ...added.firewall.unread],
    },
  };
}

/** Each firewall once. Rules that a document adds to a group elsewhere are added where that group is found. */
function onceEach(all: readonly Found[]): readonly Found[] {
  const known = new Map<string, Found>();
  for (const found of all.toSorted((a, b) => Number(b.described) - Number(a.described))) {
    const { id } = found.firewall.target;
    const first = known.get(id);
    if (first === undefined) known.set(id, found);
    else if (found.described || found.document === undefined) throw shownTwice(id, first.file, found.file);
    else known.set(id, withAdded(first, found));
  }
  return [...known.values()];
}

function shownTwice(id: string, first: string, second: string): Fault {
  const where = first === second ? `twice in ${first}` : `in ${first} and in ${second}`;
  const why = 'leave one of them out, since they may be of different moments';
  return new Fault('malformed', `security group \`${id}\` is ${where}; ${why}`);
}

export function documentsIn(answers: readonly Answer[]): readonly Document[] {
  return [...new Set(answers.flatMap(({ document }) => document ?? []))];
}

export function foundIn(answers: readonly Answer[], stated: Omit<Context, 'others'>): readonly Found[] {
  const vpcs = mergedVpcs(answers, stated);
  const grouped = answers.filter(({ kind }) => kind === 'SecurityGroups');
  // A policy may name a group that is in another file.
  const others = grouped.flatMap((answer) => decoded(answer, () => placesIn(answer.value)));
  const saved = answers.filter(({ document }) => document === undefined);
  return onceEach([
    ...inAnswers(saved, { ...stated, others }, vpcs),
    ...documentsIn(answers).flatMap((document) => {
      const written = withStandIns(stated.written, document.standIns);
      return inDocument(answers, document, { ...stated, others, written }, vpcs);
    }),
  ]);
}
