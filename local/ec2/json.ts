/** A value of a CloudTrail record; undefined members are left out when it is written. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonFields;

export interface JsonFields {
  readonly [name: string]: JsonValue | undefined;
}
