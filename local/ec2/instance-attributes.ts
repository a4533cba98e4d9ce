import { Ec2Error, invalidCombination, invalidValue, notModelled } from './errors.ts';
import { instanceById } from './ids.ts';
import { withInstance } from './instances.ts';
import { required, valueAt } from './interface-writes.ts';
import { groupsFor, interfacesByInstance, withInterface } from './interfaces.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { expectOnly, has, textAt, textsAt, type QueryNode } from './query.ts';
import type { Instance, NetworkInterface, World } from './world.ts';

const truths = ['DisableApiTermination', 'DisableApiStop', 'EbsOptimized', 'EnaSupport', 'SourceDestCheck'];
const words = ['InstanceType', 'Kernel', 'Ramdisk', 'UserData', 'InstanceInitiatedShutdownBehavior', 'SriovNetSupport'];
/** These can be changed of a stopped instance alone (API Reference, ModifyInstanceAttribute). */
const whileStopped = ['InstanceType', 'Kernel', 'Ramdisk', 'UserData', 'EbsOptimized', 'EnaSupport', 'SriovNetSupport'];

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The one attribute of the call, in either of its forms: `EbsOptimized.Value=`, or `Attribute=ebsOptimized&Value=`. */
function attributeAt(query: QueryNode): { readonly name: string; readonly value: string } {
  const known = [...truths, ...words];
  const given = known.filter((name) => has(query, name));
  const named = textAt(query, 'Attribute');
  if (given.length + (named === undefined ? 0 : 1) > 1) {
    throw invalidCombination('Fields for multiple attribute types specified.');
  }
  const [only] = given;
  if (only !== undefined) return { name: only, value: valueAt(query, only) ?? '' };
  if (named === undefined) throw invalidCombination('No attributes specified.');
  const name = known.find((one) => camel(one) === named);
  if (name === undefined) throw notModelled(`the attribute '${named}'`);
  return { name, value: textAt(query, 'Value') ?? '' };
}

function primaryOf(world: World, instance: Instance): NetworkInterface {
  const [primary, ...more] = interfacesByInstance(world).get(instance.id) ?? [];
  if (primary === undefined)
    throw new Ec2Error('IncorrectInstanceState', `The instance '${instance.id}' has no network interface.`);
  // EC2's list of error codes; that it is so for groups as for the check of source and destination is remembered.
  if (more.length > 0) {
    const told = `There are multiple interfaces attached to instance '${instance.id}'. Please specify an interface ID for the operation instead.`;
    throw new Ec2Error('InvalidInstanceID', told);
  }
  return primary;
}

function withAttribute(world: World, instance: Instance, name: string, value: string): World {
  if (truths.includes(name) && value !== 'true' && value !== 'false') {
    throw invalidValue(`Value (${value}) for parameter ${camel(name)} is invalid.`);
  }
  if (whileStopped.includes(name) && instance.state !== 'stopped') {
    throw new Ec2Error('IncorrectInstanceState', `The instance '${instance.id}' is not in the 'stopped' state.`);
  }
  if (name === 'SourceDestCheck') {
    return withInterface(world, { ...primaryOf(world, instance), sourceDestCheck: value === 'true' });
  }
  if (name === 'InstanceType') return withInstance(world, { ...instance, instanceType: value });
  const attributes = { ...instance.attributes, [camel(name)]: value };
  return withInstance(world, { ...instance, attributes });
}

/** ModifyInstanceAttribute: one attribute a call; groups replace all those of the one interface. */
export const modifyInstanceAttribute: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'InstanceId', 'GroupId', 'Attribute', 'Value', ...truths, ...words]);
  const instance = instanceById(world, required(query, 'InstanceId'));
  if (!has(query, 'GroupId')) {
    const { name, value } = attributeAt(query);
    return { world: withAttribute(world, instance, name, value), body: { return: true } };
  }
  if ([...truths, ...words, 'Attribute'].some((name) => has(query, name))) {
    throw invalidCombination('Fields for multiple attribute types specified.');
  }
  const primary = primaryOf(world, instance);
  const groupIds = groupsFor(world, setting, instance.vpcId, textsAt(query, 'GroupId'), 'Instance');
  return { world: withInterface(world, { ...primary, groupIds }), body: { return: true } };
};
