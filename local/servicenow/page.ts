import type { Incident } from './incident.ts';

const shown = ['number', 'short_description', 'state', 'impact', 'urgency', 'opened_at', 'correlation_id'] as const;

/** An incident as plain text, for a person with a browser. Plain text, so that nothing written into it is markup. */
export function incidentPage({ fields, journal }: Incident): string {
  const width = Math.max(...shown.map((name) => name.length));
  const head = shown.map((name) => `${name.padEnd(width)}  ${fields[name]}`);
  const notes = journal.map(({ field, text, createdOn, createdBy }) => `[${field}] ${createdOn} ${createdBy}\n${text}`);
  return `${[...head, '', fields.description, ...notes].join('\n')}\n`;
}

/** The sys_id in the address of a form: `/nav_to.do?uri=incident.do?sys_id=...`. */
export function sysIdOfForm(uri: string | undefined): string | undefined {
  return /^incident\.do\?sys_id=([0-9a-f]{32})$/.exec(uri ?? '')?.[1];
}
