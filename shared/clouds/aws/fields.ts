/** An object of a message whose shape is not known. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A field whatever its first letter's case is: CloudTrail records write `groupId`, those of newer EC2 calls `GroupId`.
 * Own fields only, since a message may name `constructor`.
 */
export function fieldOf(fields: unknown, name: string): unknown {
  if (!isFields(fields)) return undefined;
  if (Object.hasOwn(fields, name)) return fields[name];
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return Object.hasOwn(fields, capital) ? fields[capital] : undefined;
}

/** The longest text that is taken over from an event; no recorded field of a hint comes near it. */
const LONGEST_TEXT = 1024;

/**
 * Text from outside as data: without control and formatting characters, which rewrite a terminal, a log line or the
 * order of letters in a ticket, and of bounded length.
 */
export function cleanText(text: string): string {
  const cut = text.slice(0, 4 * LONGEST_TEXT).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return cut.trim().slice(0, LONGEST_TEXT).toWellFormed();
}

/** Text from outside inside a message: short, and unable to close its backticks. */
export function quoted(text: string): string {
  return `\`${cleanText(text).replaceAll('`', "'").slice(0, 100).toWellFormed()}\``;
}

/** A field that holds some text. Undefined where it is absent, blank or no text. */
export function textOf(fields: unknown, name: string): string | undefined {
  const value = fieldOf(fields, name);
  return typeof value === 'string' ? cleanText(value) || undefined : undefined;
}

/**
 * The elements of a list in any of the ways in which CloudTrail writes one: `{items: [...]}`, `{item: [...]}`, a plain
 * array, one element in place of a list of one, `{}` or nothing for an empty one.
 */
export function elementsOf(list: unknown): readonly unknown[] {
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list;
  if (!isFields(list)) return [list];
  const inner = list['items'] ?? list['item'];
  if (inner !== undefined && inner !== null) return elementsOf(inner);
  return Object.keys(list).length === 0 ? [] : [list];
}
