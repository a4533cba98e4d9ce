import type { Decider, Explanation, Passage } from '../shared/core/explain.ts';
import type { Judgement } from '../shared/core/judge.ts';
import { isEnforced } from '../shared/core/model/finding.ts';
import type { Excess } from '../shared/core/model/finding.ts';
import { intersection, isNothing, onSlots } from '../shared/core/space/traffic.ts';
import { addressesText, serviceText } from '../shared/core/spell.ts';
import { placeText, timeText } from './heading.ts';
import { listed } from './words.ts';

/** `tcp/22`, or a list in YAML's brackets. */
function yamlText(text: string): string {
  const items = text.split(', ').map((item) => (item.includes(':') ? `"${item}"` : item));
  return items.length === 1 ? (items[0] ?? '') : `[${items.join(', ')}]`;
}

/** The traffic as a clause that would have it: ready to be pasted into a policy. */
function clauseText({ question: { direction, slots, peers } }: Explanation): string {
  const peerKey = direction === 'ingress' ? 'from' : 'to';
  return `\`{ service: ${yamlText(serviceText(slots))}, ${peerKey}: ${yamlText(addressesText(peers))} }\``;
}

function clauseName({ clause, place }: Decider): string {
  return `\`${clause}\` (${placeText(place)})`;
}

function deciders({ deciders: all }: Explanation, effect: Decider['effect']): readonly Decider[] {
  return all.filter((decider) => decider.effect === effect);
}

/** How the policy would have to change for it to be permitted. */
function permitAdvice(explanation: Explanation): readonly string[] {
  const { firewall, question, ended } = explanation;
  const denies = deciders(explanation, 'deny').map(clauseName);
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
  const old = ended.map(({ name, place, until }) => `\`${name}\` (${placeText(place)}) ended ${timeText(until)}`);
  return [
    `to permit it: ${listed(steps)}`,
    `to permit it for a while: write an exception with \`until\` for \`${firewall.target.id}\`` +
      (old.length === 0 ? '' : `, or renew one: ${listed(old)}`),
  ];
}

/** How the policy would have to change for it to be forbidden. */
function forbidAdvice(explanation: Explanation): readonly string[] {
  const { policies, question } = explanation;
  const [policy] = policies;
  if (policy === undefined) return ['to have it judged: write a policy whose `match` fits this firewall'];
  const exceptions = deciders(explanation, 'exception').map(clauseName);
  const allows = deciders(explanation, 'allow').map(clauseName);
  // An exception is taken out of every `deny`, so a new one would not help against it.
  if (exceptions.length > 0) return [`to forbid it: take it out of ${listed([...exceptions, ...allows])}`];
  const deny = `add ${clauseText(explanation)} to \`${question.direction}\`, \`deny\` of a policy such as \`${policy.name}\``;
  return [allows.length === 0 ? `to forbid it: ${deny}` : `to forbid it: take it out of ${listed(allows)}, or ${deny}`];
}

function ruleNames(passages: readonly Passage[]): string {
  return listed(passages.map(({ rule }) => `\`${rule.id}\``));
}

function isSure({ certainty }: Passage): boolean {
  return certainty === 'surely';
}

/** What of a rule is forbidden, as far as it is about the passage. A named peer's findings go by slots. */
function excessIn(passage: Passage, { question }: Explanation, { drift }: Judgement): readonly Excess[] {
  return drift.findings.filter((finding): finding is Excess => {
    if (finding.kind !== 'excess' || finding.direction !== question.direction) return false;
    const { flows, rule } = finding;
    const met =
      flows.kind === 'named' ? onSlots(passage.traffic, flows.slots) : intersection(passage.traffic, flows.traffic);
    return rule.id === passage.rule.id && !isNothing(met);
  });
}

/** What a run does about a proven excess: the end of a sentence. */
function runText(excess: Excess, { acting, full, verdict }: Judgement): string {
  const isOfRule = ({ rule }: { readonly rule?: Excess['rule'] | undefined }): boolean => rule?.id === excess.rule.id;
  if (!isEnforced(excess)) {
    return excess.mode === 'enforce'
      ? 'no run does it by itself, since `revert: restore` is not carried out in this version'
      : 'no run does it by itself, since no policy that forbids it has mode `enforce`';
  }
  const isMade = acting.changes.some((change) => change.kind !== 'add' && isOfRule(change));
  if (verdict.kind === 'apply' && isMade) return 'a run does it by itself';
  return [...acting.held, ...full.held].some(isOfRule)
    ? 'a run holds it, since it cannot be made exactly'
    : 'a run holds it';
}

/**
 * What the next run makes of traffic that passes and must not.
 * INVARIANT: what a run does goes by the finding's certainty. A passage's says only whether this traffic passes: a rule
 * whose peer is nobody for sure may be forbidden whoever it is.
 */
function closeAdvice(explanation: Explanation, judgement: Judgement): readonly string[] {
  const against = [...deciders(explanation, 'deny'), ...deciders(explanation, 'left-out')];
  const meets = (passage: Passage): boolean =>
    against.some((decider) => !isNothing(intersection(decider.traffic, passage.traffic)));
  const closing = new Map<string, Passage[]>();
  const unproven: Passage[] = [];
  for (const passage of explanation.passages.filter(meets)) {
    const excess = excessIn(passage, explanation, judgement);
    const proven = excess.filter(({ certainty }) => certainty === 'proven');
    if (proven.length < excess.length || excess.length === 0) unproven.push(passage);
    for (const does of new Set(proven.map((one) => runText(one, judgement)))) {
      closing.set(does, [...(closing.get(does) ?? []), passage]);
    }
  }
  const toBeSure = `to be sure that it is closed: remove or narrow ${ruleNames(unproven)}`;
  return [
    ...[...closing].map(
      ([does, passages]) => `to close it: change ${ruleNames(passages)} as \`portcullis plan\` shows; ${does}`,
    ),
    ...(unproven.length === 0 ? [] : [`${toBeSure}; a run does not, since it is not proven`]),
  ];
}

/** What would let it through. */
function openAdvice(explanation: Explanation): readonly string[] {
  const { passes, question, passages, unread } = explanation;
  if (passes === 'all') return [];
  const preposition = question.direction === 'ingress' ? 'from' : 'to';
  const rule = `${serviceText(question.slots)} ${preposition} ${addressesText(question.peers)}`;
  const names = passages.flatMap(({ rule: { box }, certainty }) =>
    certainty === 'possibly' && box.peer.kind === 'named' ? [`\`${box.peer.name}\``] : [],
  );
  const requires = deciders(explanation, 'require').map(clauseName);
  return [
    ...(names.length === 0 ? [] : [`whether it passes depends on who ${listed([...new Set(names)])} is`]),
    ...(unread.length === 0 ? [] : ['what could not be read may let it through; look at it in the cloud']),
    `to let it through: add a rule \`${rule}\` to the firewall` +
      (requires.length === 0 ? '' : `; \`portcullis plan\` shows it, since ${listed(requires)} asks for it`),
  ];
}

/** What would have to change to turn the answer round, one sentence each. */
export function adviceFor(explanation: Explanation, judgement: Judgement): readonly string[] {
  const { passes, may, passages } = explanation;
  if (may !== 'all') {
    const open = passes === 'none' || passages.length === 0 ? openAdvice(explanation) : [];
    return [...closeAdvice(explanation, judgement), ...permitAdvice(explanation), ...open];
  }
  if (passes !== 'all') return openAdvice(explanation);
  return [`to close it: remove or narrow ${ruleNames(passages.filter(isSure))}`, ...forbidAdvice(explanation)];
}
