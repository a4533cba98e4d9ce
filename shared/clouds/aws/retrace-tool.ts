// Hint -> the tool that a call was made with, for people. Callers write their user agent themselves: it proves nothing.
import type { Hint } from '../../core/model/target.ts';

/**
 * What user agents have in them, by recorded samples (2026-11-24). The first that fits counts: Terraform's also names the
 * SDK that it is built on, and the command line that Python's library is under it.
 */
const TOOLS: readonly (readonly [mark: RegExp, tool: string])[] = [
  [/\bterraform\b/i, 'Terraform'],
  [/\bpulumi\b/i, 'Pulumi'],
  [/\bansible\b/i, 'Ansible'],
  [/^cloudformation\.amazonaws\.com/, 'CloudFormation'],
  [/^[a-z0-9-]+\.amazonaws\.com(\.cn)?$/, 'an AWS service'],
  [/^AWS Internal$/, 'the console or an AWS service'],
  [/\baws-cli\//, 'the AWS command line'],
  [/\bexec-env\/AWS_Lambda/, 'a Lambda function'],
  [/^(console\.|signin\.|Mozilla\/|AWSConsole)/i, 'the console'],
  [/\b(Boto3|aws-sdk|AWS-SDK|aws-sdk-go)\b/i, 'an SDK'],
];

/** `Terraform`; the first word of the user agent where it is none that is known. */
export function toolOf({ userAgent, actor }: Hint): string {
  if (actor.includes(' via cloudformation.amazonaws.com')) return 'CloudFormation';
  // The console is a service by its name, too.
  if (/^console\./.test(userAgent)) return 'the console';
  const known = TOOLS.find(([mark]) => mark.test(userAgent));
  return known?.[1] ?? (userAgent.split(/[ /]/)[0]?.slice(0, 60) || 'an unknown tool');
}
