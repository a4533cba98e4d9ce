import { scopeOf } from '../scope.ts';
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

function authFailure(message: string): Ec2Error {
  return new Ec2Error('AuthFailure', message, 401);
}

/** The caller that a SigV4 `Authorization` header names. */
export function credentialOf(
  header: string | undefined,
  region: string,
  callers: ReadonlyMap<string, Caller>,
): Credential {
  const scope = scopeOf(header);
  const caller = scope === undefined ? undefined : callers.get(scope.accessKeyId);
  if (scope === undefined || caller === undefined) {
    throw authFailure('AWS was not able to validate the provided access credentials');
  }
  if (scope.region !== region) {
    throw authFailure(`Credential should be scoped to a valid Region, not '${scope.region}'.`);
  }
  if (scope.service !== 'ec2') throw authFailure(`Credential should be scoped to correct service: 'ec2'.`);
  return { accessKeyId: scope.accessKeyId, caller };
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
