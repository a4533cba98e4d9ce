import { Fault } from '../shared/base/fault.ts';
import { declaredInTemplate, isTemplate } from '../shared/clouds/aws/cloudformation.ts';
import { translationOf } from '../shared/clouds/aws/declared.ts';
import type { Declared, Surroundings, Translation } from '../shared/clouds/aws/declared.ts';
import { declaredInTerraform, isRawState, isTerraform } from '../shared/clouds/aws/terraform.ts';

/** What kind of answer it is: the name of its list. */
export type AnswerKind = 'SecurityGroups' | 'SecurityGroupRules' | 'Vpcs';

const KINDS: readonly AnswerKind[] = ['SecurityGroups', 'SecurityGroupRules', 'Vpcs'];

/** A document that declares firewalls, in the words of the describe calls. */
export interface Document
  extends Omit<Translation, 'groups' | 'rules' | 'vpcs'>, Pick<Declared, 'what' | 'holds' | 'notes'> {
  /** What messages call the file. */
  readonly file: string;
}

/** One saved answer of a describe call, told by its content. What its elements say is not read yet. */
export interface Answer {
  /** What messages call the file. */
  readonly file: string;
  /** The document that it was made from, where it is none that a cloud gave. */
  readonly document: Document | undefined;
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

/** A format that is known and not read yet. */
function laterFormat(value: Fields): string | undefined {
  if (isAzure(value)) return 'Azure network security groups';
  if (field(value, 'eventName') !== undefined || field(value, 'detail-type') !== undefined) return 'an event';
  return undefined;
}

const EXPECTED =
  'expected the output of `aws ec2 describe-security-groups`, `describe-security-group-rules` or `describe-vpcs`, ' +
  'of `terraform show -json`, or a CloudFormation template';

function strangerProblem(file: string, value: unknown): Fault {
  const later = isFields(value) ? laterFormat(value) : undefined;
  if (later !== undefined)
    return new Fault('unsupported', `${file} is ${later}, which is not supported in this version`);
  const isBare = field(value, 'GroupId') !== undefined || field(value, 'VpcId') !== undefined;
  const why = isBare ? 'lacks the outer `SecurityGroups`, `SecurityGroupRules` or `Vpcs`' : 'is no known input';
  return new Fault('malformed', `${file} ${why}; ${EXPECTED}${isBare ? ', without `--query`' : ''}`);
}

/** What a document of infrastructure as code declares; undefined for any other value. */
function declaredIn(value: unknown, surroundings: Surroundings): Declared | undefined {
  if (isRawState(value)) {
    const instead = 'write `terraform show -json > state.json`, and give that';
    throw new Fault('unsupported', `it is the file in which Terraform keeps a state; ${instead}`);
  }
  if (isTerraform(value)) return declaredInTerraform(value, surroundings);
  return isTemplate(value) ? declaredInTemplate(value, surroundings) : undefined;
}

/** A document as answers. One that declares no firewalls may still say the ranges of networks. */
function answersOf(file: string, declared: Declared): readonly Answer[] {
  const { groups, rules, vpcs, ...translation } = translationOf(declared);
  const { what, holds, notes } = declared;
  const document = { file, what, holds, notes, ...translation };
  const answer = (kind: AnswerKind, value: Fields, elements: readonly unknown[]): Answer => ({
    file,
    document,
    kind,
    value,
    elements,
    hasMore: false,
  });
  const ofVpcs = answer('Vpcs', vpcs, vpcs.Vpcs);
  if (declared.groups.length + declared.outside.length === 0) return [ofVpcs];
  return [
    answer('SecurityGroups', groups, groups.SecurityGroups),
    answer('SecurityGroupRules', rules, rules.SecurityGroupRules),
    ofVpcs,
  ];
}

function documentAnswers(file: string, value: unknown, surroundings: Surroundings): readonly Answer[] | undefined {
  try {
    const declared = declaredIn(value, surroundings);
    return declared === undefined ? undefined : answersOf(file, declared);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${file}: ${error.message}`, { cause: error });
  }
}

/** How deep lists may stand in lists; nobody saves answers like that. */
const DEEPEST_LIST = 10;

/** The answers in one JSON value: an answer, a document, or a list of such. */
export function answersIn(file: string, value: unknown, surroundings: Surroundings, depth = 0): readonly Answer[] {
  if (isList(value) && value.length > 0 && depth < DEEPEST_LIST) {
    return value.flatMap((element) => answersIn(file, element, surroundings, depth + 1));
  }
  const answers = KINDS.flatMap((kind): readonly Answer[] => {
    const elements = field(value, kind);
    if (!isFields(value) || elements === undefined) return [];
    if (!isList(elements))
      throw new Fault('malformed', `${file}: \`${kind}\` is no list; expected the list that EC2 answers`);
    const hasMore = typeof value['NextToken'] === 'string' && value['NextToken'] !== '';
    return [{ file, document: undefined, kind, value, elements, hasMore }];
  });
  if (answers.length > 0) return answers;
  const declared = documentAnswers(file, value, surroundings);
  if (declared === undefined) throw strangerProblem(file, value);
  return declared;
}
