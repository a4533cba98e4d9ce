import type { Explanation } from '../shared/core/explain.ts';
import type { Decider } from '../shared/core/explain/decider.ts';
import type { Judgement } from '../shared/core/judge.ts';
import { difference, isNothing, unionOf } from '../shared/core/space/traffic.ts';
import { serviceText } from '../shared/core/spell.ts';
import { closeAdvice, excessIn, ruleNames } from './advice-close.ts';
import { clauseText, duringText, namesText, questionText, ruleAsked } from './explain-words.ts';
import { placeText, timeText } from './heading.ts';
import { listed } from './words.ts';

function clauseName({ clause, place }: Pick<Decider, 'clause' | 'place'>): string {
  return `\`${clause}\` (${placeText(place)})`;
}

function clauseNames(deciders: readonly Decider[]): readonly string[] {
  return [...new Set(deciders.map(clauseName))];
}

function deciders({ deciders: all }: Explanation, effect: Decider['effect']): readonly Decider[] {
  return all.filter((decider) => decider.effect === effect);
}

/** A peer of the firewall that was asked about by a name that nobody could look up, or that is nobody. */
function strangerAdvice({ firewall, question: { peer }, asked }: Explanation): readonly string[] {
  if (peer.kind === 'addresses') return [];
  const { name } = peer;
  if (isNothing(asked.traffic)) return [`\`${name}\` has no address here that this traffic can have`];
  // An id is its own alias, and that says nothing of who it is.
  const isLookedUp = (firewall.aliases.get(name) ?? name) !== name;
  if (asked.peer === undefined || isLookedUp || firewall.names.has(name)) return [];
  return [`nothing is known here of who \`${name}\` is, so it counts as anybody or nobody`];
}

/** Traffic in addresses that passes by no other rule than one that names a peer, and may as that peer. */
function byNameAdvice(explanation: Explanation): readonly string[] {
  return explanation.onlyAs.map((peer) => {
    const permitting = explanation.deciders.filter(
      ({ effect, depends }) => (effect === 'allow' || effect === 'exception') && depends.includes(peer),
    );
    const names = clauseNames(permitting);
    return `\`${questionText(explanation)}\` passes only as \`${peer}\`, which ${listed(names)} ${allow(names)} by name`;
  });
}

/** An exception helps against all but `firm` denies; where these forbid all of it, it must not be proposed. */
function exceptionAdvice(explanation: Explanation): readonly string[] {
  const { firewall, ended } = explanation;
  const forbidding = [...deciders(explanation, 'deny'), ...deciders(explanation, 'left-out')];
  const firm = forbidding.filter((decider) => decider.firm);
  const trafficOf = (some: readonly Decider[]): Decider['traffic'] => unionOf(some.map(({ traffic }) => traffic));
  const isHelpless = isNothing(difference(trafficOf(forbidding), trafficOf(firm)));
  const firmNames = listed(clauseNames(firm));
  if (isHelpless) return [`no exception helps, since ${firmNames} ${firm.length === 1 ? 'is' : 'are'} \`firm\``];
  const old = ended.map(({ name, place, until }) => `\`${name}\` (${placeText(place)}) ended ${timeText(until)}`);
  return [
    `to permit it for a while: write an exception with \`until\` for \`${firewall.target.id}\`` +
      (old.length === 0 ? '' : `, or renew one: ${listed(old)}`) +
      (firm.length === 0 ? '' : `; it does not help against ${firmNames}, which is \`firm\``),
  ];
}

function cutAdvice(explanation: Explanation): readonly string[] {
  const cuts = clauseNames(deciders(explanation, 'cut'));
  return cuts.length === 0 ? [] : [`or, if it is meant to be in: widen \`within\` of ${listed(cuts)}`];
}

/** Clauses that allow it to rules that name a peer, while it passes by no such rule. */
function asPeerAdvice(explanation: Explanation): readonly string[] {
  const { question, asked, onlyAs } = explanation;
  const preposition = question.direction === 'ingress' ? 'from' : 'to';
  const permitting = explanation.deciders.filter(
    ({ effect, certainty }) => (effect === 'allow' || effect === 'exception') && certainty === 'possibly',
  );
  const peers = [...new Set(permitting.flatMap(({ depends }) => depends))].filter((peer) => !onlyAs.includes(peer));
  return peers.map((peer) => {
    const names = clauseNames(permitting.filter(({ depends }) => depends.includes(peer)));
    const rule = `\`${serviceText(asked.slots)} ${preposition} ${peer}\``;
    return `or, where it is of \`${peer}\`: let it in by a rule ${rule}, which ${listed(names)} ${allow(names)} by name`;
  });
}

function allow(names: readonly string[]): string {
  return names.length === 1 ? 'allows' : 'allow';
}

/** How the policy would have to change for it to be permitted. */
function permitAdvice(explanation: Explanation): readonly string[] {
  const { question } = explanation;
  const denies = clauseNames(deciders(explanation, 'deny'));
  const [leftOut] = deciders(explanation, 'left-out');
  const steps = [
    ...(denies.length === 0 ? [] : [`take it out of ${listed(denies)}`]),
    // An `allow` counts for every policy that is no stricter, so the strictest that leaves it out is the place.
    ...(leftOut === undefined
      ? []
      : [
          `add ${clauseText(explanation)} to \`${question.direction}\`, \`allow\` of the policy ` +
            `\`${leftOut.owner}\` (${placeText(leftOut.place)})`,
        ]),
  ];
  const toPermit = explanation.may === 'possibly' ? 'to permit it whoever it is' : 'to permit it';
  return [
    `${toPermit}: ${listed(steps)}`,
    ...asPeerAdvice(explanation),
    ...cutAdvice(explanation),
    ...exceptionAdvice(explanation),
  ];
}

/** Whether it stands in no file, but was ordered at run time. */
function isGranted({ owner, place }: Decider): boolean {
  return place.line === 0 && place.file === `grant ${owner}`;
}

/** How the policy would have to change for it to be forbidden. */
function forbidAdvice(explanation: Explanation): readonly string[] {
  const { policies, question } = explanation;
  const [policy] = policies;
  if (policy === undefined) return ['to have it judged: write a policy whose `match` fits this firewall'];
  const excepted = deciders(explanation, 'exception');
  const grants = [...new Set(excepted.filter(isGranted).map(({ owner }) => `\`portcullis grants revoke ${owner}\``))];
  const exceptions = clauseNames(excepted.filter((decider) => !isGranted(decider)));
  const allows = clauseNames(deciders(explanation, 'allow'));
  const deny = (more: string): string =>
    `add ${clauseText(explanation, more)} to \`${question.direction}\`, \`deny\` of a policy such as \`${policy.name}\``;
  // An exception is taken out of every `deny` that is not firm, so no other would help against it.
  if (excepted.length > 0) {
    const written = [...exceptions, ...allows];
    const steps = [
      ...(grants.length === 0 ? [] : [`run ${listed(grants)}`]),
      ...(written.length === 0 ? [] : [`take it out of ${listed(written)}`]),
    ];
    return [`to forbid it: ${steps.join(' and ')}, or ${deny(', firm: true')}`];
  }
  return [
    allows.length === 0
      ? `to forbid it: ${deny('')}`
      : `to forbid it: take it out of ${listed(allows)}, or ${deny('')}`,
  ];
}

/** What the end or the beginning of a window would change. */
function windowAdvice(explanation: Explanation): readonly string[] {
  const live = explanation.deciders.filter(
    ({ effect, during }) => during !== undefined && (effect === 'allow' || effect === 'deny' || effect === 'exception'),
  );
  const texts = live.flatMap((decider) =>
    decider.during === undefined ? [] : [`${clauseName(decider)} decides ${duringText(decider.during)} only`],
  );
  return [...new Set(texts)];
}

/** What would let it through. */
function openAdvice(explanation: Explanation): readonly string[] {
  const { passes, asked, passages, unread } = explanation;
  if (passes === 'all' || isNothing(asked.traffic)) return [];
  const names = passages.flatMap(({ rule: { box }, certainty }) =>
    certainty === 'possibly' && box.peer.kind === 'named' ? [box.peer.name] : [],
  );
  const who = asked.peer === undefined || asked.isExact ? names : [asked.peer, ...names];
  const requires = clauseNames(deciders(explanation, 'require'));
  return [
    ...(passages.every(isSure) ? [] : [`whether it passes depends on who ${namesText([...new Set(who)])} is`]),
    ...(unread.length === 0 ? [] : ['what could not be read may let it through; look at it in the cloud']),
    `to let it through: add ${ruleAsked(explanation)} to the firewall` +
      (requires.length === 0 ? '' : `; \`portcullis plan\` shows it, since ${listed(requires)} asks for it`),
  ];
}

function isSure({ certainty }: Explanation['passages'][number]): boolean {
  return certainty === 'surely';
}

/** A peer that may pass by its name does pass by a rule that lets more through than may. */
function borrowedAdvice(explanation: Explanation, judgement: Judgement): readonly string[] {
  const { asked, passages } = explanation;
  const isBorrowed = ({ rule }: Explanation['passages'][number]): boolean =>
    asked.peer !== undefined && (rule.box.peer.kind === 'addresses' || rule.box.peer.name !== asked.peer);
  const borrowed = passages.filter(isBorrowed);
  const excessive = borrowed.filter((passage) => excessIn(passage, explanation, judgement).length > 0);
  if (excessive.length === 0 || borrowed.length < passages.length) return [];
  return [
    `${ruleNames(excessive)} lets more through than may, see \`portcullis plan\`; ` +
      `so that this stays: add ${ruleAsked(explanation)} to the firewall`,
  ];
}

/** What would have to change to turn the answer round, one sentence each. */
export function adviceFor(explanation: Explanation, judgement: Judgement): readonly string[] {
  const { passes, may, passages } = explanation;
  const about = [...strangerAdvice(explanation), ...byNameAdvice(explanation), ...windowAdvice(explanation)];
  if (may !== 'all') {
    const open = passes === 'none' || passages.length === 0 ? openAdvice(explanation) : [];
    return [...about, ...closeAdvice(explanation, judgement), ...permitAdvice(explanation), ...open];
  }
  if (passes !== 'all') return [...about, ...borrowedAdvice(explanation, judgement), ...openAdvice(explanation)];
  const sure = passages.filter(isSure);
  return [
    ...about,
    ...borrowedAdvice(explanation, judgement),
    `to close it: remove or narrow ${ruleNames(sure.length > 0 ? sure : passages)}`,
    ...forbidAdvice(explanation),
  ];
}
