import { Ec2Error } from './errors.ts';
import type { JsonFields } from './json.ts';

interface AnyCaller {
  readonly arn: string;
  readonly accountId: string;
  readonly principalId: string;
  /** Whether the caller's policies allow the write actions; everyone may read. */
  readonly mayWrite: boolean;
  /** What CloudTrail shows as the caller's address; loopback unless given. */
  readonly sourceIPAddress?: string;
}

export interface UserCaller extends AnyCaller {
  readonly type: 'IAMUser';
  readonly userName: string;
}

/** The role that a session was issued for. */
interface SessionIssuer {
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly userName: string;
}

export interface RoleCaller extends AnyCaller {
  readonly type: 'AssumedRole';
  readonly sessionIssuer: SessionIssuer;
  /** When the session began, as ISO time in whole seconds. */
  readonly sessionCreatedAt: string;
}

/** Who holds an access key. */
export type Caller = UserCaller | RoleCaller;

/** A caller and the key that named it. */
export interface Credential {
  readonly accessKeyId: string;
  readonly caller: Caller;
}

const credentialScope = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request\b/;

function authFailure(message: string): Ec2Error {
  return new Ec2Error('AuthFailure', message, 401);
}

/**
 * The caller that a SigV4 `Authorization` header names.
 * The signature is NOT checked: this service listens on loopback only and its keys are published in its own state
 * file, so a signature would protect nothing.
 */
export function credentialOf(
  header: string | undefined,
  region: string,
  callers: ReadonlyMap<string, Caller>,
): Credential {
  const [, accessKeyId, scopeRegion, service] = credentialScope.exec(header ?? '') ?? [];
  const caller = accessKeyId === undefined ? undefined : callers.get(accessKeyId);
  if (accessKeyId === undefined || caller === undefined) {
    throw authFailure('AWS was not able to validate the provided access credentials');
  }
  if (scopeRegion !== region)
    throw authFailure(`Credential should be scoped to a valid Region, not '${String(scopeRegion)}'.`);
  if (service !== 'ec2') throw authFailure(`Credential should be scoped to correct service: 'ec2'.`);
  return { accessKeyId, caller };
}

/** The caller as CloudTrail's `userIdentity`. */
export function userIdentity({ accessKeyId, caller }: Credential): JsonFields {
  const { type, principalId, arn, accountId } = caller;
  const common = { type, principalId, arn, accountId, accessKeyId };
  switch (caller.type) {
    case 'IAMUser':
      return { ...common, userName: caller.userName };
    case 'AssumedRole':
      return {
        ...common,
        sessionContext: {
          sessionIssuer: { type: 'Role', ...caller.sessionIssuer },
          attributes: { creationDate: caller.sessionCreatedAt, mfaAuthenticated: 'false' },
        },
      };
  }
}
