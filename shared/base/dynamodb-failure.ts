// What an error of the SDK means: the one place that knows DynamoDB's error codes.
import { Fault } from './fault.ts';
import type { FaultKind } from './fault.ts';

/**
 * Sources: DynamoDB Developer Guide, error handling; the common errors of AWS's APIs; the SDK's own names for calls that
 * got no answer (2026-11-24). Without credentials that count no message can be worked on, so every one waits.
 */
const KINDS: ReadonlyMap<string, FaultKind> = new Map([
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['InternalServerError', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['ReplicatedWriteConflictException', 'unavailable'],
  ['TransactionConflictException', 'unavailable'],
  ['TimeoutError', 'unavailable'],
  ['AbortError', 'unavailable'],
  ['CredentialsProviderError', 'unavailable'],
  ['ExpiredToken', 'unavailable'],
  ['ExpiredTokenException', 'unavailable'],
  ['IncompleteSignatureException', 'unavailable'],
  ['InvalidClientTokenId', 'unavailable'],
  ['InvalidSignatureException', 'unavailable'],
  ['MissingAuthenticationTokenException', 'unavailable'],
  ['SignatureDoesNotMatch', 'unavailable'],
  ['UnrecognizedClientException', 'unavailable'],
  ['AccessDenied', 'forbidden'],
  ['AccessDeniedException', 'forbidden'],
  ['ResourceNotFoundException', 'unsupported'],
]);

/** A validation error is a mistake in this program, but for these, which say that the table is not as it has to be. */
const OTHER_TABLE = /does not have the specified index|does not match the schema|Type mismatch for (Index )?Key/i;

function textOf(error: Error, name: string): string | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function kindOf(error: Error, code: string): FaultKind | undefined {
  const known = KINDS.get(code);
  if (known !== undefined) return known;
  if (code === 'ValidationException') return OTHER_TABLE.test(error.message) ? 'unsupported' : undefined;
  const status = statusOf(error);
  if (status === 429) return 'throttled';
  if (status !== undefined && status < 500) return status === 403 ? 'forbidden' : undefined;
  // No answer came, or none that the service itself gave: a socket's error, or what the SDK made of one.
  return textOf(error, 'code') !== undefined || '$metadata' in error ? 'unavailable' : undefined;
}

/** What a table is for, as messages say it. */
export interface TableKind {
  /** Such as `ledger`. */
  readonly noun: string;
  /** The file that says how the table is made and what it needs rights for. */
  readonly readme: string;
  /** The setting that names the table. */
  readonly setting: string;
}

function helpFor(kind: FaultKind, { readme, setting }: TableKind): string {
  if (kind === 'unsupported') return `; make it as \`${readme}\` says, or name another one in \`${setting}\``;
  return kind === 'forbidden' ? `; allow the actions that \`${readme}\` lists` : '';
}

/** The same error where it is none of a call, or one that only a mistake in this program explains. */
export function faultOf(table: string, tableKind: TableKind, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Fault) return error;
  const code = error.name === 'Error' ? (textOf(error, 'code') ?? 'Error') : error.name;
  const kind = kindOf(error, code);
  if (kind === undefined) return error;
  const said = error.message
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, 300)
    .toWellFormed();
  const answered = `${tableKind.noun} table \`${table}\`: DynamoDB answered \`${code}\`: ${said}`;
  return new Fault(kind, `${answered}${helpFor(kind, tableKind)}`, { cause: error });
}
