import { expect, test } from 'vitest';
import { actorOf } from '../../shared/clouds/aws/actor.ts';
import { ACCOUNT } from './calls.ts';

test.each<[object | undefined, string]>([
  [{ type: 'IAMUser', userName: 'alex', arn: `arn:aws:iam::${ACCOUNT}:user/alex` }, 'alex'],
  [{ type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/team/alex` }, 'team/alex'],
  [
    { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/alex@example.com` },
    'deploy/alex@example.com',
  ],
  [
    { type: 'AssumedRole', principalId: 'AROAEXAMPLE:alex', sessionContext: { sessionIssuer: { userName: 'deploy' } } },
    'deploy/alex',
  ],
  [
    {
      type: 'AssumedRole',
      arn: `arn:aws-cn:sts::${ACCOUNT}:assumed-role/deploy/build`,
      invokedBy: 'cloudformation.amazonaws.com',
      sessionContext: { sourceIdentity: 'alex' },
    },
    'deploy/build via cloudformation.amazonaws.com (source identity alex)',
  ],
  [{ type: 'Root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` }, `root of ${ACCOUNT}`],
  [{ type: 'AWSService', invokedBy: 'rds.amazonaws.com' }, 'rds.amazonaws.com'],
  [{ type: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/alex` }, 'alex'],
  [{ type: 'IdentityCenterUser', accountId: ACCOUNT, onBehalfOf: { userId: '544894e8-80c1' } }, '544894e8-80c1'],
  [{ type: 'AWSAccount', accountId: '444455556666', principalId: 'AIDAEXAMPLE' }, 'account 444455556666'],
  [{ type: 'SAMLUser', userName: 'alex@example.com' }, 'alex@example.com'],
  [{ type: 'WebIdentityUser', principalId: 'id.example.com:app:alex' }, 'id.example.com:app:alex'],
  [{ type: 'SomethingNew' }, 'SomethingNew'],
  [{}, 'unknown'],
  [undefined, 'unknown'],
])('the actor of %j', (identity, actor) => {
  expect(actorOf(identity)).toBe(actor);
});
