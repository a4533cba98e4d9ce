import { isFields, textOf } from './fields.ts';
import type { Fields } from './fields.ts';

/** The last part of an ARN: `arn:aws:sts::111122223333:assumed-role/deploy/alex` gives `assumed-role/deploy/alex`. */
function resourceOf(arn: string | undefined): string | undefined {
  return arn?.split(':').slice(5).join(':') || undefined;
}

function afterSlash(text: string | undefined): string | undefined {
  const slash = text?.indexOf('/') ?? -1;
  return text === undefined || slash < 0 ? undefined : text.slice(slash + 1) || undefined;
}

/** `role/session`. The session is usually the person; the role alone names a team. */
function sessionOf(identity: Fields): string | undefined {
  const resource = resourceOf(textOf(identity, 'arn'));
  if (resource?.startsWith('assumed-role/')) return afterSlash(resource);
  const issuer = issuerOf(identity);
  const session = textOf(identity, 'principalId')?.split(':')[1];
  return issuer !== undefined && session !== undefined ? `${issuer}/${session}` : (issuer ?? session);
}

function contextOf(identity: Fields): Fields {
  return isFields(identity['sessionContext']) ? identity['sessionContext'] : {};
}

function issuerOf(identity: Fields): string | undefined {
  const issuer = contextOf(identity)['sessionIssuer'];
  return isFields(issuer) ? textOf(issuer, 'userName') : undefined;
}

/** IAM Identity Center says who through the id of a user in its own store (CloudTrail User Guide, 2026-11-24). */
function storeUserOf(identity: Fields): string | undefined {
  const onBehalfOf = identity['onBehalfOf'];
  return isFields(onBehalfOf) ? textOf(onBehalfOf, 'userId') : undefined;
}

function nameOf(type: string, identity: Fields): string | undefined {
  const userName = textOf(identity, 'userName');
  const account = textOf(identity, 'accountId');
  switch (type) {
    case 'IAMUser':
      return userName ?? afterSlash(resourceOf(textOf(identity, 'arn')));
    case 'AssumedRole':
    case 'Role':
      return sessionOf(identity) ?? userName;
    case 'Root':
      return account === undefined ? 'root' : `root of ${account}`;
    case 'AWSService':
      return textOf(identity, 'invokedBy');
    case 'AWSAccount':
      return account === undefined ? undefined : `account ${account}`;
    case 'FederatedUser':
      return afterSlash(resourceOf(textOf(identity, 'arn'))) ?? userName;
    case 'IdentityCenterUser':
      return userName ?? storeUserOf(identity);
    default:
      // SAMLUser, WebIdentityUser, Directory, and types that come later.
      return userName;
  }
}

/**
 * Who an event says has made the call, for people to read. A service that called in somebody's name is named after
 * them, and so is the source identity, which outlives a chain of roles.
 */
export function actorOf(identity: unknown): string {
  if (!isFields(identity)) return 'unknown';
  const type = textOf(identity, 'type') ?? 'unknown';
  const name =
    nameOf(type, identity) ??
    textOf(identity, 'arn') ??
    textOf(identity, 'principalId') ??
    textOf(identity, 'invokedBy');
  if (name === undefined) return type;
  const invokedBy = textOf(identity, 'invokedBy');
  const source = textOf(contextOf(identity), 'sourceIdentity');
  const via = invokedBy === undefined || invokedBy === name ? '' : ` via ${invokedBy}`;
  return `${name}${via}${source === undefined ? '' : ` (source identity ${source})`}`;
}
