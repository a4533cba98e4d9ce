// What an error of the SDK means: the one place that knows EC2's error codes.
import { Fault } from '../../base/fault.ts';
import { cleanText, isFields, quoted, textOf } from './fields.ts';
import { RULES_PER_DIRECTION } from './traits.ts';

/**
 * `not found`: a group that the call names does not exist. `moved`: the group is not as the call supposed. `denied`:
 * these credentials may not make this call. `refused`: EC2 does not take the call as it is.
 */
export interface Failure {
  readonly kind:
    'not found' | 'moved' | 'denied' | 'refused' | 'bad id' | 'throttled' | 'unavailable' | 'bad credentials';
  readonly why: string;
}

/** Source: EC2 API, error codes (2026-11-24); those of the signature are common to all of AWS. */
const KINDS: ReadonlyMap<string, Failure['kind']> = new Map([
  ['InvalidGroup.NotFound', 'not found'],
  ['InvalidSecurityGroupID.NotFound', 'not found'],
  ['InvalidGroupId.Malformed', 'bad id'],
  ['InvalidPermission.Duplicate', 'moved'],
  ['InvalidPermission.NotFound', 'moved'],
  ['InvalidSecurityGroupRuleId.NotFound', 'moved'],
  ['UnauthorizedOperation', 'denied'],
  ['RequestLimitExceeded', 'throttled'],
  ['EC2ThrottledException', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['RequestThrottled', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['InternalError', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['Unavailable', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['TimeoutError', 'unavailable'],
  ['AbortError', 'unavailable'],
  ['AuthFailure', 'bad credentials'],
  ['Blocked', 'bad credentials'],
  ['CredentialsProviderError', 'bad credentials'],
  ['ExpiredToken', 'bad credentials'],
  ['ExpiredTokenException', 'bad credentials'],
  ['IncompleteSignature', 'bad credentials'],
  ['InvalidClientTokenId', 'bad credentials'],
  ['MissingAuthenticationToken', 'bad credentials'],
  ['OptInRequired', 'bad credentials'],
  ['PendingVerification', 'bad credentials'],
  ['RequestExpired', 'bad credentials'],
  ['SignatureDoesNotMatch', 'bad credentials'],
  ['UnrecognizedClientException', 'bad credentials'],
]);

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status = isFields(metadata) ? metadata['httpStatusCode'] : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** What EC2 said, short and in one line. The encoded part of a denial is long and tells people nothing. */
function saidBy(error: Error): string {
  const text = cleanText(error.message).replace(/\s*Encoded authorization failure message:.*$/i, '');
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

function kindOf(error: Error, code: string): Failure['kind'] | undefined {
  const known = KINDS.get(code);
  if (known !== undefined) return known;
  const status = statusOf(error);
  if (status === 429) return 'throttled';
  if (status !== undefined) return status >= 400 && status < 500 ? 'refused' : 'unavailable';
  // No answer came: a socket's error (`ECONNREFUSED`), or what the SDK made of one.
  return textOf(error, 'code') !== undefined || '$metadata' in error ? 'unavailable' : undefined;
}

/** Undefined for an error that is not of a call, which is a mistake in this program. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = error.name === 'Error' ? (textOf(error, 'code') ?? 'Error') : error.name;
  const kind = kindOf(error, code);
  if (kind === undefined) return undefined;
  const hint =
    code === 'RulesPerSecurityGroupLimitExceeded'
      ? `; the group is full (${String(RULES_PER_DIRECTION)} rules a direction unless raised): remove rules that are not needed, or raise the quota \`Inbound or outbound rules per security group\``
      : '';
  return { kind, why: `EC2 answered ${quoted(code)}: ${saidBy(error)}${hint}` };
}

/** A failure of a call whose caller has no other answer for it. */
export function faultOf(failure: Failure, doing: string, cause: unknown): Fault {
  const fault = (kind: Fault['kind']): Fault => new Fault(kind, `${doing}: ${failure.why}`, { cause });
  switch (failure.kind) {
    case 'throttled':
      return fault('throttled');
    // Without credentials that count nothing can be done for any firewall, so every message waits until they do.
    case 'unavailable':
    case 'bad credentials':
      return fault('unavailable');
    case 'moved':
      return fault('conflict');
    case 'denied':
      return fault('forbidden');
    case 'bad id':
      return fault('malformed');
    case 'not found':
    case 'refused':
      return fault('unsupported');
  }
}
