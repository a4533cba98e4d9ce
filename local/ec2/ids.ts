import { Ec2Error } from './errors.ts';
import type { Endpoint, Instance, NetworkInterface, Subnet, Vpc, World } from './world.ts';

/*
 * Things by their ids, and the refusals of ids. The codes are those of EC2's own list (EC2 Developer Guide, error codes,
 * read 2026-11-24), which is not sure of its own spelling: `InvalidNetworkInterfaceId.Malformed`, but `...ID.NotFound`.
 */

const form = /^[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})$/;

function checked(id: string, prefix: string, code: string): string {
  if (form.test(id) && id.startsWith(`${prefix}-`)) return id;
  throw new Ec2Error(code, `Invalid id: "${id}" (expecting "${prefix}-...")`);
}

function found<T>(thing: T | undefined, code: string, message: string): T {
  if (thing === undefined) throw new Ec2Error(code, message);
  return thing;
}

export function vpcById(world: World, id: string): Vpc {
  const vpc = world.vpcs.get(checked(id, 'vpc', 'InvalidVpcID.Malformed'));
  return found(vpc, 'InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
}

export function subnetById(world: World, id: string): Subnet {
  const subnet = world.subnets.get(checked(id, 'subnet', 'InvalidSubnetID.Malformed'));
  return found(subnet, 'InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
}

export function instanceById(world: World, id: string): Instance {
  const instance = world.instances.get(checked(id, 'i', 'InvalidInstanceID.Malformed'));
  return found(instance, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

export function interfaceById(world: World, id: string): NetworkInterface {
  const one = world.interfaces.get(checked(id, 'eni', 'InvalidNetworkInterfaceId.Malformed'));
  return found(one, 'InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
}

export function endpointById(world: World, id: string): Endpoint {
  const endpoint = world.endpoints.get(checked(id, 'vpce', 'InvalidVpcEndpointId.Malformed'));
  return found(endpoint, 'InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
}
