import { arnOf, type InstanceState, type Setting } from './world.ts';

/** A state that an instance has come to. */
export interface PassedState {
  readonly instanceId: string;
  readonly state: InstanceState;
}

/** What EC2 itself puts on the event bus, without the envelope's version and id, which are the bus's own. */
export interface StateChangeNotice {
  readonly source: 'aws.ec2';
  readonly 'detail-type': 'EC2 Instance State-change Notification';
  readonly account: string;
  readonly region: string;
  /** Whole seconds, UTC. */
  readonly time: string;
  readonly resources: readonly [string];
  readonly detail: { readonly 'instance-id': string; readonly state: InstanceState };
}

/** The notice of one state, in the recorded shape: no group, no VPC and nobody who did it. */
export function noticeOf(setting: Setting, { instanceId, state }: PassedState, at: Date): StateChangeNotice {
  return {
    source: 'aws.ec2',
    'detail-type': 'EC2 Instance State-change Notification',
    account: setting.account,
    region: setting.region,
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    resources: [arnOf(setting, 'instance', instanceId)],
    detail: { 'instance-id': instanceId, state },
  };
}
