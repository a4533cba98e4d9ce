import type { Explanation } from '../shared/core/explain.ts';
import type { Passage } from '../shared/core/explain/passage.ts';
import type { Judgement } from '../shared/core/judge.ts';
import { isEnforced, waitOf } from '../shared/core/model/finding.ts';
import type { Excess, Flows } from '../shared/core/model/finding.ts';
import { intersection, isNothing, onSlots } from '../shared/core/space/traffic.ts';
import type { Traffic } from '../shared/core/space/traffic.ts';
import { listed } from './words.ts';

export function ruleNames(passages: readonly Passage[]): string {
  return listed(passages.map(({ rule }) => `\`${rule.id}\``));
}

/** A named peer's findings go by slots; only where a part of a list is forbidden, by its addresses too. */
function meeting(flows: Flows, part: Traffic): Traffic {
  if (flows.kind === 'addresses') return intersection(part, flows.traffic);
  const met = onSlots(part, flows.slots);
  return flows.part === undefined ? met : intersection(met, flows.part);
}

/** What of a rule is forbidden, as far as it is about the passage. */
export function excessIn(passage: Passage, { question }: Explanation, { drift }: Judgement): readonly Excess[] {
  return drift.findings.filter((finding): finding is Excess => {
    if (finding.kind !== 'excess' || finding.direction !== question.direction) return false;
    return finding.rule.id === passage.rule.id && !isNothing(meeting(finding.flows, passage.traffic));
  });
}

/** Why no run does it, where it is the mode. */
function modeText({ mode, policies }: Excess, { firewall, lowered }: Explanation): string {
  const isTended = mode === 'report' && lowered.some(({ name }) => policies.includes(name));
  return isTended
    ? `since a service tends the firewall (${firewall.managedBy ?? ''}), and no policy with mode \`enforce\` means it by \`id\``
    : 'since no policy that forbids it has mode `enforce`';
}

/** What a run does about a proven excess: the end of a sentence. */
function runText(excess: Excess, explanation: Explanation, { acting, full, verdict }: Judgement): string {
  const isOfRule = ({ rule }: { readonly rule?: Excess['rule'] | undefined }): boolean => rule?.id === excess.rule.id;
  if (!isEnforced(excess)) {
    return excess.mode === 'enforce'
      ? `no run does it by itself now: ${waitOf(excess) ?? ''}`
      : `no run does it by itself, ${modeText(excess, explanation)}`;
  }
  const isMade = acting.changes.some((change) => change.kind !== 'add' && isOfRule(change));
  if (verdict.kind === 'apply' && isMade) return 'a run does it by itself';
  return [...acting.held, ...full.held].some(isOfRule)
    ? 'a run holds it, since it cannot be made exactly'
    : 'a run holds it';
}

/**
 * What the next run makes of traffic that passes and must not. A rule without excess is fine: what it lets through is
 * allowed by the name of its peer.
 * INVARIANT: what a run does goes by the finding's certainty. A passage's says only whether this traffic passes: a rule
 * whose peer is nobody for sure may be forbidden whoever it is.
 */
export function closeAdvice(explanation: Explanation, judgement: Judgement): readonly string[] {
  const closing = new Map<string, Passage[]>();
  const unproven: Passage[] = [];
  for (const passage of explanation.passages) {
    const excess = excessIn(passage, explanation, judgement);
    const proven = excess.filter(({ certainty }) => certainty === 'proven');
    if (proven.length < excess.length) unproven.push(passage);
    for (const does of new Set(proven.map((one) => runText(one, explanation, judgement)))) {
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
