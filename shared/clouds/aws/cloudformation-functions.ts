/**
 * The functions of templates, by their short forms (CloudFormation User Guide, intrinsic functions, and the transform
 * AWS::LanguageExtensions, 2026-11-24).
 */
export const FUNCTIONS: readonly string[] = [
  'Ref',
  'Condition',
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
];

/** `Ref` -> `Ref`, `Sub` -> `Fn::Sub` */
export function longNameOf(name: string): string {
  return name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
}
