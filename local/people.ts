import type { Caller } from './ec2/callers.ts';

/** The account, region and network of the local cloud. The account id is one that AWS uses in its documentation. */
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const VPC = 'vpc-0a1b2c3d4e5f60718';

/** An access key of the local cloud. It opens nothing anywhere else. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const ALEX: AccessKey = { accessKeyId: 'AKIALOCALALEX0000001', secretAccessKey: 'local-alex' };
export const PORTCULLIS: AccessKey = { accessKeyId: 'ASIALOCALPORTCULLIS1', secretAccessKey: 'local-portcullis' };

export const SERVICENOW_USER = 'portcullis';
export const SERVICENOW_PASSWORD = 'local-portcullis';

export const PORTCULLIS_ROLE = 'portcullis-change';

/** A person of an account. `number` is that of the account: each has keys of its own. */
function userOf(account: string, name: string, number: number): Caller {
  return {
    type: 'IAMUser',
    userName: name,
    arn: `arn:aws:iam::${account}:user/${name}`,
    accountId: account,
    principalId: `AIDALOCAL${name.toUpperCase()}`.padEnd(20, '0').slice(0, 19) + String(number),
    mayWrite: true,
  };
}

/** A session of the role that the functions have in an account. */
function roleOf(account: string, number: number): Caller {
  const principalId = `AROALOCALPORTCULLIS${String(number)}`;
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${PORTCULLIS_ROLE}/change`,
    accountId: account,
    principalId: `${principalId}:change`,
    mayWrite: true,
    sessionCreatedAt: '2026-01-01T00:00:00Z',
    sessionIssuer: {
      principalId,
      arn: `arn:aws:iam::${account}:role/${PORTCULLIS_ROLE}`,
      accountId: account,
      userName: PORTCULLIS_ROLE,
    },
  };
}

/** Who may call EC2 in an account, and by which keys. */
export interface Staff {
  /** Of the person whose keys are given to whoever tries the local cloud. */
  readonly user: AccessKey;
  /** Keys of other people, by name. */
  readonly colleagues: ReadonlyMap<string, AccessKey>;
  readonly role: AccessKey;
  readonly callers: ReadonlyMap<string, Caller>;
}

function keyOf(name: string, number: number): AccessKey {
  const accessKeyId = `AKIALOCAL${name.toUpperCase()}`.padEnd(19, '0').slice(0, 19) + String(number);
  return { accessKeyId, secretAccessKey: `local-${name}` };
}

/** The people and the role of an account; accounts are counted from 1. */
export function staffOf(account: string, number: number, colleagues: readonly string[] = []): Staff {
  const user = keyOf('alex', number);
  const role = { ...PORTCULLIS, accessKeyId: PORTCULLIS.accessKeyId.slice(0, -1) + String(number) };
  const others = new Map(colleagues.map((name) => [name, keyOf(name, number)]));
  const callers = new Map([
    [user.accessKeyId, userOf(account, 'alex', number)],
    [role.accessKeyId, roleOf(account, number)],
    ...[...others].map(([name, key]) => [key.accessKeyId, userOf(account, name, number)] as const),
  ]);
  return { user, colleagues: others, role, callers };
}

/** Who may call the local EC2 of one account: a person, and the role of the `change` function. */
export const CALLERS: ReadonlyMap<string, Caller> = staffOf(ACCOUNT, 1).callers;
