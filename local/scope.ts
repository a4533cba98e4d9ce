/** What the `Authorization` header of a request says of who calls what, and where. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const credentialScope = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request\b/;

/**
 * The credential scope of a header that is signed with Signature Version 4; undefined where it is not.
 * The signature is NOT checked: local services listen on loopback only and their keys are published in their own state
 * file, so a signature would protect nothing.
 */
export function scopeOf(header: string | undefined): Scope | undefined {
  const [, accessKeyId, region, service] = credentialScope.exec(header ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region, service };
}
