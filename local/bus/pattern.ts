type Scalar = string | number | boolean | null;

/** Does this part of an event match? `undefined` stands for an absent field. */
type Test = (value: unknown) => boolean;

/** The same for the leaf values of a field; an absent field has none, a list has one for each of its elements. */
type LeafTest = (values: readonly Scalar[]) => boolean;

/**
 * An event pattern -> a test for events. Throws where the pattern has a form that is not modelled here, so that no rule
 * silently matches less, or more, than the same rule would at AWS.
 *
 * The semantics are those of the documentation (pages "Creating Amazon EventBridge event patterns" and "Comparison
 * operators", and the README of aws/event-ruler, read 2026-11-24): all fields must match, one value of each is enough.
 */
export function eventTestOf(pattern: unknown): Test {
  if (!isObject(pattern))
    throw new Error(`event pattern: expected an object with fields, got ${JSON.stringify(pattern)}`);
  return objectTestOf(pattern, '');
}

function objectTestOf(pattern: Readonly<Record<string, unknown>>, path: string): Test {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new Error(`event pattern${at(path)}: empty object; name a field or leave it out`);
  const tests = entries.map(([field, expected]) =>
    memberTestOf(field, expected, path === '' ? field : `${path}.${field}`),
  );
  return function objectTest(value: unknown): boolean {
    // In a list of objects, all fields of the pattern have to match within one and the same element.
    if (Array.isArray(value)) return value.some(objectTest);
    const object = isObject(value) ? value : {};
    return tests.every((test) => test(object));
  };
}

/** One entry of a pattern's object: it tests the object, because `$or` looks at several of its fields. */
function memberTestOf(
  field: string,
  expected: unknown,
  path: string,
): (object: Readonly<Record<string, unknown>>) => boolean {
  if (field === '$or') {
    const alternatives = alternativesOf(expected, path);
    return (object) => alternatives.some((test) => test(object));
  }
  const test = Array.isArray(expected) ? fieldTestOf(expected, path) : nestedTestOf(expected, path);
  return (object) => test(Object.hasOwn(object, field) ? object[field] : undefined);
}

function alternativesOf(expected: unknown, path: string): readonly Test[] {
  if (!Array.isArray(expected) || expected.length < 2) {
    throw new Error(`event pattern${at(path)}: expected a list of two patterns or more`);
  }
  return expected.map((alternative: unknown) => nestedTestOf(alternative, path));
}

function nestedTestOf(expected: unknown, path: string): Test {
  if (isObject(expected)) return objectTestOf(expected, path);
  throw new Error(
    `event pattern${at(path)}: expected a list of values, got ${JSON.stringify(expected)}; write it in [ ]`,
  );
}

function fieldTestOf(expected: readonly unknown[], path: string): Test {
  if (expected.length === 0)
    throw new Error(`event pattern${at(path)}: empty list; name a value or leave the field out`);
  const tests = expected.map((item) => leafTestOf(item, path));
  return (value) => {
    const values = leavesOf(value);
    return tests.some((test) => test(values));
  };
}

function leafTestOf(item: unknown, path: string): LeafTest {
  if (isScalar(item)) return (values) => values.includes(item);
  const entries = isObject(item) ? Object.entries(item) : [];
  const [operator, operand] = entries[0] ?? [];
  if (entries.length === 1) {
    if (operator === 'exists' && typeof operand === 'boolean') return (values) => values.length > 0 === operand;
    if (operator === 'anything-but') {
      const excluded = exclusionOf(operand, path);
      // An absent field has no value that could be anything else: it does not match.
      return (values) => values.some((value) => !excluded(value));
    }
    const text = textTestOf(operator, operand);
    if (text !== undefined) return (values) => values.some(text);
  }
  throw unmodelled(item, path);
}

function textTestOf(operator: string | undefined, operand: unknown): ((value: Scalar) => boolean) | undefined {
  if (typeof operand !== 'string') return undefined;
  if (operator === 'prefix') return (value) => typeof value === 'string' && value.startsWith(operand);
  if (operator === 'suffix') return (value) => typeof value === 'string' && value.endsWith(operand);
  return undefined;
}

function exclusionOf(operand: unknown, path: string): (value: Scalar) => boolean {
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (list.length > 0 && (list.every((v) => typeof v === 'string') || list.every((v) => typeof v === 'number'))) {
    return (value) => list.some((excluded) => excluded === value);
  }
  const [entry, ...more] = isObject(operand) ? Object.entries(operand) : [];
  const [operator, given] = entry ?? [];
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
  const tests = texts.map((text) => textTestOf(operator, text)).filter((test) => test !== undefined);
  if (more.length > 0 || tests.length === 0 || tests.length < texts.length) {
    throw unmodelled({ 'anything-but': operand }, path);
  }
  return (value) => tests.some((test) => test(value));
}

/** `exists` and the other tests see leaves only: an object in this place counts as absent. */
function leavesOf(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap((element: unknown) => (isScalar(element) ? [element] : []));
  return isScalar(value) ? [value] : [];
}

function unmodelled(item: unknown, path: string): Error {
  const known = 'a value, `prefix`, `suffix`, `exists` or `anything-but`';
  return new Error(`event pattern${at(path)}: \`${JSON.stringify(item)}\` is not modelled; write ${known}`);
}

function at(path: string): string {
  return path === '' ? '' : ` at \`${path}\``;
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
