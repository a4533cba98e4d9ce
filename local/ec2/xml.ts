/** A value as the Query protocol writes it; a list becomes `<item>` elements, undefined no element at all. */
export type XmlValue = string | number | boolean | Date | readonly XmlValue[] | XmlFields;

/** Named values in the order in which they are written. */
export interface XmlFields {
  readonly [name: string]: XmlValue | undefined;
}

/** The namespace of the one API version that this service speaks. */
export const xmlNamespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would turn a bare line end or tab into a space or a line feed.
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Whether XML 1.0 can carry the text: it has no spelling for most control characters. */
export function isXmlText(text: string): boolean {
  return text.isWellFormed() && !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text);
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character);
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function element(name: string, value: XmlValue): string {
  const content = contentOf(value);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function contentOf(value: XmlValue): string {
  if (isList(value)) return value.map((item) => element('item', item)).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return fieldsOf(value);
  return escaped(String(value));
}

function fieldsOf(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? '' : element(name, value)))
    .join('');
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The answer to a call that succeeded. */
export function responseXml(action: string, requestId: string, body: XmlFields): string {
  const root = `${action}Response`;
  return `${declaration}<${root} xmlns="${xmlNamespace}">${fieldsOf({ requestId, ...body })}</${root}>`;
}

/** The answer to a call that failed. Here, and only here, the request's id is spelled `RequestID`. */
export function errorXml(code: string, message: string, requestId: string): string {
  const error = fieldsOf({ Code: code, Message: message });
  return `${declaration}<Response><Errors><Error>${error}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
}
