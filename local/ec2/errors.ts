/**
 * A refusal of the service: what the Query protocol answers and what CloudTrail records.
 * The messages follow the service's own wording, which tools match on, and not this project's style.
 */
export class Ec2Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'Ec2Error';
    this.code = code;
    this.status = status;
  }
}

/** A value that the service does not accept. */
export function invalidValue(message: string): Ec2Error {
  return new Ec2Error('InvalidParameterValue', message);
}

/** Two parameters that exclude each other. */
export function invalidCombination(message: string): Ec2Error {
  return new Ec2Error('InvalidParameterCombination', message);
}

/** A parameter that the action needs and the request lacks. */
export function missingParameter(name: string): Ec2Error {
  return new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);
}

/** A part of the real service that this one does not model; it refuses rather than pretend. */
export function notModelled(what: string): Ec2Error {
  return new Ec2Error('UnsupportedOperation', `The local EC2 does not model ${what}.`);
}

/** A security group that is not there. */
export function groupNotFound(id: string): Ec2Error {
  return new Ec2Error('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

/** A security group rule that is not there, or not in the named group and direction. */
export function ruleIdNotFound(id: string): Ec2Error {
  return new Ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
}

/** Something that others still use. The sentence is as public error reports quote the real service. */
export function inUse(id: string): Ec2Error {
  return new Ec2Error('DependencyViolation', `resource ${id} has a dependent object`);
}
