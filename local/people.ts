import type { Caller } from './ec2/callers.ts';

/** The account, region and network of the local cloud. The account id is one that AWS uses in its documentation. */
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const VPC = 'vpc-0a1b2c3d4e5f60718';

/** Access keys of the local cloud. They open nothing anywhere else. */
export const ALEX = { accessKeyId: 'AKIALOCALALEX0000001', secretAccessKey: 'local-alex' };
export const PORTCULLIS = { accessKeyId: 'ASIALOCALPORTCULLIS1', secretAccessKey: 'local-portcullis' };

export const SERVICENOW_USER = 'portcullis';
export const SERVICENOW_PASSWORD = 'local-portcullis';

export const PORTCULLIS_ROLE = 'portcullis-change';

/** Who may call the local EC2: a person, and the role of the `change` function. */
export const CALLERS: ReadonlyMap<string, Caller> = new Map<string, Caller>([
  [
    ALEX.accessKeyId,
    {
      type: 'IAMUser',
      userName: 'alex',
      arn: `arn:aws:iam::${ACCOUNT}:user/alex`,
      accountId: ACCOUNT,
      principalId: 'AIDALOCALALEX0000001',
      mayWrite: true,
    },
  ],
  [
    PORTCULLIS.accessKeyId,
    {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${PORTCULLIS_ROLE}/change`,
      accountId: ACCOUNT,
      principalId: 'AROALOCALPORTCULLIS1:change',
      mayWrite: true,
      sessionCreatedAt: '2026-01-01T00:00:00Z',
      sessionIssuer: {
        principalId: 'AROALOCALPORTCULLIS1',
        arn: `arn:aws:iam::${ACCOUNT}:role/${PORTCULLIS_ROLE}`,
        accountId: ACCOUNT,
        userName: PORTCULLIS_ROLE,
      },
    },
  ],
]);
