import { Ec2Error, invalidValue } from './errors.ts';

/** One parameter of a Query request: `IpPermissions.1.FromPort=22` is three nodes deep. */
export interface QueryNode {
  /** The whole dotted name, for messages; empty for the request itself. */
  readonly path: string;
  readonly value: string | undefined;
  readonly children: ReadonlyMap<string, QueryNode>;
}

interface GrowingNode {
  readonly path: string;
  value: string | undefined;
  readonly children: Map<string, GrowingNode>;
}

function growingNode(path: string): GrowingNode {
  return { path, value: undefined, children: new Map() };
}

/** Refuses a request that gives one parameter twice; which of the two was meant is not for us to guess. */
export function checkUnrepeated(form: URLSearchParams): void {
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) {
      throw new Ec2Error('InvalidParameter', `The parameter ${name} occurs more than once`);
    }
  }
}

/** The parameters of a request as a tree. */
export function queryTreeOf(form: URLSearchParams): QueryNode {
  const root = growingNode('');
  for (const [name, value] of form) {
    let node = root;
    for (const part of name.split('.')) {
      const path = node.path === '' ? part : `${node.path}.${part}`;
      const child = node.children.get(part) ?? growingNode(path);
      node.children.set(part, child);
      node = child;
    }
    node.value = value;
  }
  return root;
}

/** Refuses every parameter directly below `node` that the service would not know either. */
export function expectOnly(node: QueryNode, names: readonly string[]): void {
  for (const [name, child] of node.children) {
    if (!names.includes(name)) {
      throw new Ec2Error('UnknownParameter', `The parameter ${child.path} is not recognized`);
    }
  }
}

/** The text of a parameter, or undefined if the request lacks it. */
export function textAt(node: QueryNode, name: string): string | undefined {
  const child = node.children.get(name);
  if (child === undefined) return undefined;
  if (child.children.size > 0) {
    throw new Ec2Error('InvalidParameter', `The parameter ${child.path} must be a single value, not a list`);
  }
  return child.value;
}

/** A whole number, or undefined if the request lacks it. */
export function integerAt(node: QueryNode, name: string): number | undefined {
  const text = textAt(node, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw invalidValue(`Value (${text}) for parameter ${name} is invalid.`);
  return Number(text);
}

/** A truth value; false if the request lacks it. */
export function booleanAt(node: QueryNode, name: string): boolean {
  const text = textAt(node, name);
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw invalidValue(`Value (${text}) for parameter ${name} is invalid.`);
}

function isPosition(name: string): boolean {
  return /^[1-9]\d{0,5}$/.test(name);
}

/** The entries of a list parameter (`Name.1`, `Name.2`, ...) in the order of their numbers. */
export function itemsAt(node: QueryNode, name: string): readonly QueryNode[] {
  const child = node.children.get(name);
  if (child === undefined) return [];
  if (child.value !== undefined && child.value !== '') {
    throw new Ec2Error('InvalidParameter', `The parameter ${child.path} must be a list, as in ${child.path}.1`);
  }
  for (const [position, item] of child.children) {
    if (!isPosition(position)) {
      throw new Ec2Error('UnknownParameter', `The parameter ${item.path} is not recognized`);
    }
  }
  return [...child.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

/** The entries of a list of plain texts. */
export function textsAt(node: QueryNode, name: string): readonly string[] {
  return itemsAt(node, name).map((item) => {
    if (item.value === undefined || item.children.size > 0) {
      throw new Ec2Error('InvalidParameter', `The parameter ${item.path} must be a single value`);
    }
    return item.value;
  });
}

/** Whether the request has the parameter, in whatever form. */
export function has(node: QueryNode, name: string): boolean {
  return node.children.has(name);
}
