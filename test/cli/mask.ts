// What differs from run to run in a recorded session, written as something that does not and is as long: the layout stays.

const NOW = '2026-11-24T12:00:00';

/** The same for the same text, counted in order of first sight, in as many characters. */
function numbered(text: string, pattern: RegExp): string {
  const seen = new Map<string, string>();
  return text.replace(pattern, (whole: string, prefix: string, id: string) => {
    const known = seen.get(whole) ?? `${prefix}${String(seen.size + 1).padStart(id.length, '0')}`;
    seen.set(whole, known);
    return known;
  });
}

/**
 * Times become noon of one day, what passed since then no time, and ids count up. How long a grant still
 * lasts is left as it is, but for the last minutes of the two hours that most grants here are for.
 */
export function masked(text: string): string {
  const timed = text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g, NOW)
    .replace(/\b\d\d:\d\d:\d\dZ/g, '12:00:00Z')
    .replace(/\((\d+m )?\d+s\)/g, '(0s)')
    .replace(/\b1h 5\dm\b/g, '1h 59m')
    .replace(/\.\d{3}Z/g, '.000Z');
  const patterns = [
    /\b(sg-)([0-9a-f]{17})\b/g,
    /\b(sgr-)([0-9a-f]{17})\b/g,
    /\b(g-)([0-9a-f]{8})\b/g,
    /\b()([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/g,
  ];
  return patterns.reduce(numbered, timed);
}
