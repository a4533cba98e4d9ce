// Match x Firewall -> whether the policy or exception speaks of it.
import type { Firewall } from './model/firewall.ts';
import type { Match } from './model/policy.ts';

/** `*` stands for any text, `?` for one character. Walks back to the last `*` only, so no pattern is slow. */
function globFits(glob: string, text: string): boolean {
  let inGlob = 0;
  let inText = 0;
  let starAt = -1;
  let starCovers = 0;
  while (inText < text.length) {
    if (glob[inGlob] === '*') {
      starAt = inGlob;
      starCovers = inText;
      inGlob += 1;
    } else if (inGlob < glob.length && (glob[inGlob] === '?' || glob[inGlob] === text[inText])) {
      inGlob += 1;
      inText += 1;
    } else if (starAt >= 0) {
      starCovers += 1;
      inText = starCovers;
      inGlob = starAt + 1;
    } else return false;
  }
  while (glob[inGlob] === '*') inGlob += 1;
  return inGlob === glob.length;
}

function fits(globs: readonly string[] | undefined, text: string): boolean {
  return globs === undefined || globs.some((glob) => globFits(glob, text));
}

function someFits(globs: readonly string[] | undefined, texts: readonly string[]): boolean {
  return globs === undefined || texts.some((text) => fits(globs, text));
}

function tagsFit(wanted: Match['tags'], tags: Firewall['tags']): boolean {
  if (wanted === undefined) return true;
  return Object.entries(wanted).every(([key, globs]) => {
    const value = Object.hasOwn(tags, key) ? tags[key] : undefined;
    return value !== undefined && fits(globs, value);
  });
}

/** Whether every stated key of the match fits the firewall. No key at all fits every firewall. */
export function matches(match: Match, firewall: Firewall): boolean {
  const { cloud, account, region, id } = firewall.target;
  return (
    fits(match.cloud, cloud) &&
    fits(match.account, account) &&
    fits(match.region, region) &&
    someFits(match.network, firewall.networks) &&
    // No cloud that is guarded today has resource groups, so a match that asks for one fits nothing.
    match.resourceGroup === undefined &&
    fits(match.id, id) &&
    fits(match.name, firewall.name) &&
    tagsFit(match.tags, firewall.tags) &&
    (match.not === undefined || !matches(match.not, firewall))
  );
}
