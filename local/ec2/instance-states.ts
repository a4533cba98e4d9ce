import { Ec2Error, missingParameter } from './errors.ts';
import { instanceById } from './ids.ts';
import { isShown, stateFields, withInstance } from './instances.ts';
import { interfacesByInstance, started, withInterface } from './interfaces.ts';
import type { PassedState } from './notices.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { booleanAt, expectOnly, textsAt, type QueryNode } from './query.ts';
import type { Instance, InstanceState, NetworkInterface, Setting, World } from './world.ts';

/** A way from one state to another: what the answer shows, where it ends, and from where it may begin. */
interface Way {
  readonly begun: InstanceState;
  readonly end: InstanceState;
  readonly from: readonly InstanceState[];
  /** Where there is nothing to do, and the call succeeds all the same. */
  readonly arrived: readonly InstanceState[];
}

const ways = {
  start: { begun: 'pending', end: 'running', from: ['stopped'], arrived: ['running', 'pending'] },
  stop: { begun: 'stopping', end: 'stopped', from: ['running', 'pending'], arrived: ['stopped', 'stopping'] },
  terminate: {
    begun: 'shutting-down',
    end: 'terminated',
    from: ['running', 'pending', 'stopped', 'stopping'],
    arrived: ['terminated', 'shutting-down'],
  },
} as const satisfies Record<string, Way>;

function instancesNamedBy(world: World, query: QueryNode, setting: Setting): readonly Instance[] {
  const ids = [...new Set(textsAt(query, 'InstanceId'))];
  if (ids.length === 0) throw missingParameter('InstanceId');
  return ids.map((id) => {
    const instance = instanceById(world, id);
    if (isShown(instance, setting.now())) return instance;
    throw new Ec2Error('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  });
}

function checkAllowed(instance: Instance, way: Way): void {
  if (![...way.from, ...way.arrived].includes(instance.state)) {
    const words = `The instance '${instance.id}' is not in a state from which it can be ${way.end === 'running' ? 'started' : way.end}.`;
    throw new Ec2Error('IncorrectInstanceState', words);
  }
  if (way.end === 'terminated' && instance.attributes.disableApiTermination === 'true') {
    const words = `The instance '${instance.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
    throw new Ec2Error('OperationNotPermitted', words);
  }
  if (way.end === 'stopped' && instance.attributes.disableApiStop === 'true') {
    const words = `The instance '${instance.id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`;
    throw new Ec2Error('OperationNotPermitted', words);
  }
}

/** What becomes of the interfaces: a stopped instance has no public address, a terminated one lets go of all. */
function interfacesAt(
  world: World,
  setting: Setting,
  end: InstanceState,
  interfaces: readonly NetworkInterface[],
): World {
  let next = world;
  for (const one of interfaces) {
    if (end === 'running') next = withInterface(next, started(setting, one));
    else if (end === 'stopped') next = withInterface(next, { ...one, publicAddress: undefined });
    else if (one.attachment?.deleteOnTermination === true)
      next = { ...next, interfaces: next.interfaces.without(one.id) };
    else next = withInterface(next, { ...one, attachment: undefined, publicAddress: undefined });
  }
  return next;
}

function reasonFor(way: Way, at: Date): string | undefined {
  if (way.end === 'running') return undefined;
  return `User initiated (${at.toISOString().slice(0, 19).replace('T', ' ')} GMT)`;
}

function moved(way: Way, own: readonly string[]): Write {
  return (world, query, setting): Outcome => {
    expectOnly(query, [...commonNames, 'InstanceId', ...own]);
    for (const name of own) if (name !== 'AdditionalInfo') booleanAt(query, name);
    const instances = instancesNamedBy(world, query, setting);
    for (const instance of instances) checkAllowed(instance, way);
    const interfaces = interfacesByInstance(world);
    const at = setting.now();
    let next = world;
    const passed: PassedState[] = [];
    const changing = instances.filter(({ state }) => way.from.includes(state));
    for (const instance of changing) {
      next = interfacesAt(next, setting, way.end, interfaces.get(instance.id) ?? []);
      const launchedAt = way.end === 'running' ? at : instance.launchedAt;
      const stateReason = reasonFor(way, at);
      next = withInstance(next, { ...instance, state: way.end, stateSince: at, stateReason, launchedAt });
      for (const state of [way.begun, way.end]) passed.push({ instanceId: instance.id, state });
    }
    const instancesSet = instances.map((instance) => ({
      instanceId: instance.id,
      currentState: stateFields(changing.includes(instance) ? way.begun : instance.state),
      previousState: stateFields(instance.state),
    }));
    return { world: next, body: { instancesSet }, passed };
  };
}

/** StartInstances: what is stopped. */
export const startInstances = moved(ways.start, ['AdditionalInfo']);

/** StopInstances: what runs; public addresses are gone with it. */
export const stopInstances = moved(ways.stop, ['Force', 'Hibernate', 'SkipOsShutdown']);

/** TerminateInstances: shown as such for an hour. */
export const terminateInstances = moved(ways.terminate, ['Force', 'SkipOsShutdown']);
