import type { Breach } from './history-judge.ts';

/** Incidents as a person reads them: which group and which clause each is about. */

export interface PlainIncident {
  readonly number: string;
  readonly correlationId: string;
  readonly description: string;
}

function lineAfter(label: string, text: string): string {
  return new RegExp(`^${label}:?\\s+(\\S+?),?(?:\\s|$)`, 'm').exec(text)?.[1] ?? '';
}

export function subjectOf({ description }: PlainIncident): Breach {
  return { group: lineAfter('Firewall', description), clause: lineAfter('Clause', description) };
}

/** Each breach that was ended or stands has exactly one incident, and no incident is about something else. */
export function ticketWrongs(
  incidents: readonly PlainIncident[],
  must: readonly Breach[],
  everBreached: ReadonlySet<string>,
): readonly string[] {
  const subjects = incidents.map((incident) => {
    const { group, clause } = subjectOf(incident);
    return `${group} ${clause}`;
  });
  const wanted = [...new Set(must.map(({ group, clause }) => `${group} ${clause}`))];
  return [
    ...wanted.filter((subject) => !subjects.includes(subject)).map((subject) => `no incident for ${subject}`),
    ...subjects
      .filter((subject, at) => subjects.indexOf(subject) < at)
      .map((subject) => `another incident for ${subject}`),
    ...subjects.filter((subject) => !everBreached.has(subject)).map((subject) => `an incident for nothing: ${subject}`),
  ];
}
