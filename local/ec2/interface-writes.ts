import { Ec2Error, invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { instanceById, interfaceById, subnetById } from './ids.ts';
import { groupsFor, interfaceItem, newInterface, plainWish, started, withInterface } from './interfaces.ts';
import { commonNames, type Outcome, type Write } from './outcome.ts';
import { booleanAt, expectOnly, has, integerAt, itemsAt, textAt, textsAt, type QueryNode } from './query.ts';
import { tagsFor } from './tags.ts';
import type { Attachment, NetworkInterface, Setting, World } from './world.ts';

export function required(query: QueryNode, name: string): string {
  const text = textAt(query, name);
  if (text === undefined) throw missingParameter(name.charAt(0).toLowerCase() + name.slice(1));
  return text;
}

/** A structure with one value, as `Description.Value`. */
export function valueAt(query: QueryNode, name: string): string | undefined {
  const node = query.children.get(name);
  if (node === undefined) return undefined;
  expectOnly(node, ['Value']);
  return textAt(node, 'Value');
}

/** The addresses asked for, the primary one first. */
export function addressesAt(query: QueryNode): Pick<typeof plainWish, 'address' | 'moreAddresses'> {
  const listed = itemsAt(query, 'PrivateIpAddresses').map((node) => {
    expectOnly(node, ['PrivateIpAddress', 'Primary']);
    return { address: required(node, 'PrivateIpAddress'), isPrimary: booleanAt(node, 'Primary') };
  });
  const single = textAt(query, 'PrivateIpAddress');
  if (single !== undefined && listed.some(({ isPrimary }) => isPrimary)) {
    throw invalidCombination('Only one primary private IP address can be specified.');
  }
  const primary = single ?? listed.find(({ isPrimary }) => isPrimary)?.address;
  return { address: primary, moreAddresses: listed.filter((one) => !one.isPrimary).map(({ address }) => address) };
}

const interfaceTypes = ['interface', 'efa', 'efa-only', 'branch', 'trunk'];

function typeAt(query: QueryNode): string {
  const type = textAt(query, 'InterfaceType') ?? 'interface';
  if (interfaceTypes.includes(type)) return type;
  throw invalidValue(`Value (${type}) for parameter interfaceType is invalid.`);
}

/** CreateNetworkInterface: with the default group of its VPC where none is named. */
export const createNetworkInterface: Write = (world, query, setting): Outcome => {
  const own = ['SubnetId', 'Description', 'PrivateIpAddress', 'PrivateIpAddresses', 'SecurityGroupId', 'InterfaceType'];
  expectOnly(query, [...commonNames, ...own, 'TagSpecification', 'ClientToken']);
  const subnet = subnetById(world, required(query, 'SubnetId'));
  const made = newInterface(world, setting, subnet, {
    ...plainWish,
    ...addressesAt(query),
    description: textAt(query, 'Description') ?? '',
    groupIds: textsAt(query, 'SecurityGroupId'),
    interfaceType: typeAt(query),
    requester: { id: setting.account, isManaged: false },
    tags: tagsFor(query, 'network-interface', setting),
  });
  const item = interfaceItem(world, setting, made);
  const shown = { status: 'pending', description: made.description || undefined };
  return { world: withInterface(world, made), body: { networkInterface: { ...item, ...shown } } };
};

/** Only the service that made it may change what it manages. The sentence is remembered, not verified. */
export function checkNotManaged(one: NetworkInterface): void {
  if (!one.isRequesterManaged) return;
  const words = `You do not have permission to access the specified resource. The interface '${one.id}' is requester-managed.`;
  throw new Ec2Error('AuthFailure', words, 403);
}

/** DeleteNetworkInterface: one that is attached to nothing. */
export const deleteNetworkInterface: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'NetworkInterfaceId']);
  const one = interfaceById(world, required(query, 'NetworkInterfaceId'));
  checkNotManaged(one);
  if (one.attachment !== undefined) {
    // EC2's list of error codes names InvalidNetworkInterface.InUse and this code for one case.
    throw invalidValue(`Network interface '${one.id}' is currently in use.`);
  }
  return { world: { ...world, interfaces: world.interfaces.without(one.id) }, body: { return: true } };
};

/** A fresh attachment. */
export function newAttachment(
  setting: Setting,
  place: Pick<Attachment, 'instanceId' | 'deviceIndex' | 'deleteOnTermination'>,
): Attachment {
  return { ...place, id: setting.newId('eni-attach-'), at: setting.now() };
}

/** AttachNetworkInterface: a further one, of the same VPC. */
export const attachNetworkInterface: Write = (world, query, setting): Outcome => {
  const own = ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex', 'NetworkCardIndex'];
  expectOnly(query, [...commonNames, ...own]);
  const one = interfaceById(world, required(query, 'NetworkInterfaceId'));
  const instance = instanceById(world, required(query, 'InstanceId'));
  const deviceIndex = integerAt(query, 'DeviceIndex');
  if (deviceIndex === undefined) throw missingParameter('deviceIndex');
  checkNotManaged(one);
  if (one.attachment !== undefined) {
    throw new Ec2Error('InvalidNetworkInterface.InUse', `Interface: [${one.id}] in use.`);
  }
  if (instance.state !== 'running' && instance.state !== 'stopped') {
    throw new Ec2Error('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'.`);
  }
  if (instance.vpcId !== one.vpcId) {
    throw invalidCombination('You may not attach a network interface to an instance if they are not in the same VPC');
  }
  for (const { attachment } of world.interfaces) {
    if (attachment?.instanceId !== instance.id || attachment.deviceIndex !== deviceIndex) continue;
    throw invalidValue(
      `Instance '${instance.id}' already has an interface attached at device index '${String(deviceIndex)}'.`,
    );
  }
  const attachment = newAttachment(setting, { instanceId: instance.id, deviceIndex, deleteOnTermination: false });
  const attached = { ...one, attachment };
  const next = instance.state === 'running' ? started(setting, attached) : attached;
  return { world: withInterface(world, next), body: { attachmentId: attachment.id } };
};

function attachedAs(world: World, id: string): NetworkInterface {
  if (!/^(eni|ela)-attach-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new Ec2Error(
      'InvalidNetworkInterfaceAttachmentId.Malformed',
      `Invalid id: "${id}" (expecting "eni-attach-...")`,
    );
  }
  for (const one of world.interfaces) if (one.attachment?.id === id) return one;
  throw new Ec2Error('InvalidAttachmentID.NotFound', `The networkInterfaceAttachment ID '${id}' does not exist`);
}

/** DetachNetworkInterface: never the first one of an instance. */
export const detachNetworkInterface: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'AttachmentId', 'Force']);
  booleanAt(query, 'Force');
  const one = attachedAs(world, required(query, 'AttachmentId'));
  checkNotManaged(one);
  if (one.attachment?.deviceIndex === 0) {
    const words = 'The network interface at device index 0 and networkCard index 0 cannot be detached.';
    throw new Ec2Error('OperationNotPermitted', words);
  }
  const free = { ...one, attachment: undefined, publicAddress: undefined };
  return { world: withInterface(world, free), body: { return: true } };
};

const attributeNames = ['SecurityGroupId', 'Description', 'SourceDestCheck', 'Attachment'];

function truthOf(text: string | undefined, name: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidValue(`Value (${text ?? ''}) for parameter ${name} is invalid.`);
}

function withAttachment(one: NetworkInterface, node: QueryNode): NetworkInterface {
  expectOnly(node, ['AttachmentId', 'DeleteOnTermination']);
  const { attachment } = one;
  if (attachment === undefined || attachment.id !== required(node, 'AttachmentId')) {
    const words = `The networkInterfaceAttachment ID '${textAt(node, 'AttachmentId') ?? ''}' does not exist`;
    throw new Ec2Error('InvalidAttachmentID.NotFound', words);
  }
  const deleteOnTermination = truthOf(textAt(node, 'DeleteOnTermination'), 'attachment.deleteOnTermination');
  return { ...one, attachment: { ...attachment, deleteOnTermination } };
}

/** ModifyNetworkInterfaceAttribute: one attribute a call; the groups replace all that it had. */
export const modifyNetworkInterfaceAttribute: Write = (world, query, setting): Outcome => {
  expectOnly(query, [...commonNames, 'NetworkInterfaceId', ...attributeNames]);
  const one = interfaceById(world, required(query, 'NetworkInterfaceId'));
  checkNotManaged(one);
  const [attribute, ...more] = attributeNames.filter((name) => has(query, name));
  if (attribute === undefined) throw invalidCombination('No attributes specified.');
  if (more.length > 0) throw invalidCombination('Fields for multiple attribute types specified.');
  const changed = (): NetworkInterface => {
    const node = query.children.get('Attachment');
    if (node !== undefined) return withAttachment(one, node);
    switch (attribute) {
      case 'SecurityGroupId':
        return { ...one, groupIds: groupsFor(world, setting, one.vpcId, textsAt(query, 'SecurityGroupId')) };
      case 'Description':
        return { ...one, description: valueAt(query, 'Description') ?? '' };
      default:
        return { ...one, sourceDestCheck: truthOf(valueAt(query, 'SourceDestCheck'), 'sourceDestCheck') };
    }
  };
  return { world: withInterface(world, changed()), body: { return: true } };
};

/** ResetNetworkInterfaceAttribute: of the check of source and destination, which is all that can be reset. */
export const resetNetworkInterfaceAttribute: Write = (world, query): Outcome => {
  expectOnly(query, [...commonNames, 'NetworkInterfaceId', 'SourceDestCheck']);
  const one = interfaceById(world, required(query, 'NetworkInterfaceId'));
  checkNotManaged(one);
  required(query, 'SourceDestCheck');
  return { world: withInterface(world, { ...one, sourceDestCheck: true }), body: { return: true } };
};
