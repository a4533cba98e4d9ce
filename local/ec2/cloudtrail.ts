import type { WriteAction } from './actions.ts';
import { userIdentity, type Credential } from './callers.ts';
import type { Ec2Error } from './errors.ts';
import type { JsonFields, JsonValue } from './json.ts';
import type { QueryNode } from './query.ts';
import { xmlNamespace, type XmlFields, type XmlValue } from './xml.ts';

/** One API call as CloudTrail records it; on the event bus it is the `detail` of an event. */
export interface CloudTrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: JsonFields;
  /** ISO time in whole seconds. */
  readonly eventTime: string;
  readonly eventSource: 'ec2.amazonaws.com';
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  /** Only on a call that failed: `Client.` or `Server.`, and the code of the answer. */
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: JsonFields;
  readonly responseElements: JsonFields | null;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: false;
  readonly eventType: 'AwsApiCall';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management';
}

/** What is known of a write call when it is answered. */
interface RecordedCall {
  readonly name: string;
  readonly action: WriteAction;
  readonly query: QueryNode;
  readonly credential: Credential;
  readonly requestId: string;
  readonly eventId: string;
  readonly userAgent: string;
  readonly account: string;
  readonly region: string;
  readonly at: Date;
  readonly result:
    { readonly kind: 'done'; readonly body: XmlFields } | { readonly kind: 'failed'; readonly error: Ec2Error };
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

/** Lists of addresses, and only they, keep the element's own name (recorded in CreateNetworkInterface and RunInstances). */
const singular = new Set(['privateIpAddressesSet']);

function elementOf(name: string, value: XmlValue): JsonValue {
  if (value instanceof Date) return value.getTime();
  if (!isList(value)) return typeof value === 'object' ? elementsOf(value) : value;
  const items = value.map((item) => elementOf('item', item));
  if (items.length === 0) return {};
  return singular.has(name) ? { item: items } : { items };
}

function elementsOf(fields: XmlFields): JsonFields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, elementOf(name, value)] as const],
    ),
  );
}

/**
 * The API's own answer. Records of 2023 have neither `revokedSecurityGroupRuleSet` nor Delete's `groupId`, for the
 * answers did not have them then; that newer records do is not verified.
 */
function responseElements({ name, action, requestId, result }: RecordedCall): JsonFields | null {
  if (result.kind === 'failed') return null;
  const { return: done, ...rest } = elementsOf(result.body);
  switch (action.recordedAs) {
    case 'plain':
      return { requestId, _return: done, ...rest };
    case 'wrapped':
      return { [`${name}Response`]: { xmlns: xmlNamespace, return: done, ...rest, requestId } };
  }
}

function failure({ result }: RecordedCall): Pick<CloudTrailRecord, 'errorCode' | 'errorMessage'> {
  if (result.kind === 'done') return {};
  const { code, status, message } = result.error;
  // Throttling is the client's fault, although its status says otherwise.
  const side = status >= 500 && code !== 'RequestLimitExceeded' ? 'Server' : 'Client';
  return { errorCode: `${side}.${code}`, errorMessage: message };
}

/** The record of a write call. `tlsDetails` is missing, for the local service speaks plain HTTP. */
export function cloudTrailRecord(call: RecordedCall): CloudTrailRecord {
  return {
    eventVersion: '1.09',
    userIdentity: userIdentity(call.credential),
    eventTime: call.at.toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'ec2.amazonaws.com',
    eventName: call.name,
    awsRegion: call.region,
    sourceIPAddress: call.credential.caller.sourceIPAddress ?? '127.0.0.1',
    userAgent: call.userAgent,
    ...failure(call),
    requestParameters: call.action.parametersOf(call.query),
    responseElements: responseElements(call),
    requestID: call.requestId,
    eventID: call.eventId,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.account,
    eventCategory: 'Management',
  };
}
