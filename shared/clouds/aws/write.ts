// One write over the API.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import type { EC2Client, IpPermission } from '@aws-sdk/client-ec2';
import { failureOf, faultOf } from './failure.ts';
import { toInput } from './requests.ts';
import type { WriteRequest } from './requests.ts';

/** What a write may meet that is no lack of an answer. */
export interface Met {
  readonly kind: 'not found' | 'moved' | 'denied' | 'refused';
  readonly why: string;
}

/** What became of one call that writes. */
export type Written = { readonly kind: 'written'; readonly requestId: string } | Met;

/**
 * Makes one write. What the group or the plan meets is a value; where EC2 cannot answer, or its answer is lost, it is a
 * `Fault`, and the caller reads what is true.
 */
export async function write(client: EC2Client, request: WriteRequest): Promise<Written> {
  try {
    const { $metadata, Return, unknown } = await send(client, request);
    if (Return === false || unknown.length > 0) {
      return { kind: 'moved', why: 'EC2 did not know some of the rules that were to go' };
    }
    return { kind: 'written', requestId: $metadata.requestId ?? '' };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    switch (failure.kind) {
      case 'throttled':
      case 'unavailable':
      case 'bad credentials':
      case 'bad id':
        throw faultOf(failure, `write to the security group \`${request.groupId}\``, error);
      case 'not found':
      case 'moved':
      case 'denied':
      case 'refused':
        return { kind: failure.kind, why: failure.why };
    }
  }
}

async function send(
  client: EC2Client,
  request: WriteRequest,
): Promise<{
  readonly $metadata: { readonly requestId?: string | undefined };
  readonly Return?: boolean | undefined;
  readonly unknown: readonly IpPermission[];
}> {
  const wire = toInput(request);
  switch (wire.kind) {
    case 'authorize': {
      const answer = await (wire.direction === 'ingress'
        ? client.send(new AuthorizeSecurityGroupIngressCommand(wire.input))
        : client.send(new AuthorizeSecurityGroupEgressCommand(wire.input)));
      return { ...answer, unknown: [] };
    }
    case 'modify':
      return { ...(await client.send(new ModifySecurityGroupRulesCommand(wire.input))), unknown: [] };
    case 'revoke': {
      const answer = await (wire.direction === 'ingress'
        ? client.send(new RevokeSecurityGroupIngressCommand(wire.input))
        : client.send(new RevokeSecurityGroupEgressCommand(wire.input)));
      return { ...answer, unknown: answer.UnknownIpPermissions ?? [] };
    }
  }
}
