import { Fault } from '../shared/base/fault.ts';

/** What kind of answer it is: the name of its list. */
export type AnswerKind = 'SecurityGroups' | 'SecurityGroupRules' | 'Vpcs';

const KINDS: readonly AnswerKind[] = ['SecurityGroups', 'SecurityGroupRules', 'Vpcs'];

/** One saved answer of a describe call, told by its content. What its elements say is not read yet. */
export interface Answer {
  /** What messages call the file. */
  readonly file: string;
  readonly kind: AnswerKind;
  readonly value: Fields;
  readonly elements: readonly unknown[];
  /** Whether more pages follow. */
  readonly hasMore: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isAzure(value: Fields): boolean {
  const [first] = isList(value['value']) ? value['value'] : [];
  const type = field(value, 'type') ?? field(first, 'type');
  const schema = field(value, '$schema');
  return (
    field(value, 'securityRules') !== undefined ||
    field(value, 'defaultSecurityRules') !== undefined ||
    field(field(value, 'properties'), 'securityRules') !== undefined ||
    (typeof type === 'string' && type.startsWith('Microsoft.')) ||
    (typeof schema === 'string' && schema.includes('deploymentTemplate'))
  );
}

function isCloudFormation(value: Fields): boolean {
  const resources = field(value, 'Resources');
  return (
    field(value, 'AWSTemplateFormatVersion') !== undefined ||
    (isFields(resources) &&
      Object.values(resources).some((resource) => {
        const type = field(resource, 'Type');
        return typeof type === 'string' && type.startsWith('AWS::');
      }))
  );
}

/** A format that is known and not read yet. */
function laterFormat(value: Fields): string | undefined {
  if (isAzure(value)) return 'Azure network security groups';
  if (isCloudFormation(value)) return 'a CloudFormation template';
  if (field(value, 'terraform_version') !== undefined || field(value, 'planned_values') !== undefined) {
    return 'output of `terraform show -json`';
  }
  if (field(value, 'eventName') !== undefined || field(value, 'detail-type') !== undefined) return 'an event';
  return undefined;
}

function strangerProblem(file: string, value: unknown): Fault {
  const later = isFields(value) ? laterFormat(value) : undefined;
  if (later !== undefined)
    return new Fault('unsupported', `${file} is ${later}, which is not supported in this version`);
  const expected =
    'expected the output of `aws ec2 describe-security-groups`, `describe-security-group-rules` or `describe-vpcs`';
  const isBare = field(value, 'GroupId') !== undefined || field(value, 'VpcId') !== undefined;
  const why = isBare ? 'lacks the outer `SecurityGroups`, `SecurityGroupRules` or `Vpcs`' : 'is no known input';
  return new Fault('malformed', `${file} ${why}; ${expected}${isBare ? ', without `--query`' : ''}`);
}

/** The answers in one JSON value: an answer, or a list of such. */
export function answersIn(file: string, value: unknown): readonly Answer[] {
  if (isList(value) && value.length > 0) return value.flatMap((element) => answersIn(file, element));
  const answers = KINDS.flatMap((kind): readonly Answer[] => {
    const elements = field(value, kind);
    if (!isFields(value) || elements === undefined) return [];
    if (!isList(elements))
      throw new Fault('malformed', `${file}: \`${kind}\` is no list; expected the list that EC2 answers`);
    const hasMore = typeof value['NextToken'] === 'string' && value['NextToken'] !== '';
    return [{ file, kind, value, elements, hasMore }];
  });
  if (answers.length === 0) throw strangerProblem(file, value);
  return answers;
}
