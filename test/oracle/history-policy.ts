import { ALL, NONE, toPort } from './history-packets.ts';
import type { Packets } from './history-packets.ts';

/** What the policies of a history ask of a group, by its role alone; written down once more, in packets. */

export interface Asked {
  /** Breaches that are taken away, or told of, each by its clause. */
  readonly forbidden: Readonly<Record<string, Packets>>;
  readonly required: Readonly<Record<string, Packets>>;
  /** Whether breaches are taken away. */
  readonly isEnforced: boolean;
}

export const ANYWHERE = ['0.0.0.0/0', '::/0'];
const OFFICE_NETWORK = '203.0.113.0/24';
const NOTHING: Asked = { forbidden: {}, required: {}, isEnforced: false };

/** `partners` are the entries of the list of that name. */
function freshly(role: string | undefined, partners: readonly string[]): Asked {
  switch (role) {
    case 'web': {
      const allowed = toPort(443, ...ANYWHERE) | toPort(22, OFFICE_NETWORK) | toPort(8080, ...partners);
      return { forbidden: { 'web/ingress/allow': ALL & ~allowed }, required: {}, isEnforced: true };
    }
    case 'db':
      return {
        forbidden: { 'db/ingress/deny/1': toPort(22, ...ANYWHERE), 'db/ingress/deny/2': toPort(3389, ...ANYWHERE) },
        required: { 'db/ingress/require/1': toPort(5432, '10.0.0.0/8') },
        isEnforced: true,
      };
    case 'lab':
      return { forbidden: { 'lab/ingress/allow': ALL & ~toPort(443, ...ANYWHERE) }, required: {}, isEnforced: false };
    case undefined:
    default:
      return NOTHING;
  }
}

const asked = new Map<string, Asked>();

export function askedOf(role: string | undefined, partners: readonly string[]): Asked {
  const key = `${role ?? ''} ${role === 'web' ? partners.join() : ''}`;
  const known = asked.get(key) ?? freshly(role, partners);
  asked.set(key, known);
  return known;
}

export function together(clauses: Readonly<Record<string, Packets>>): Packets {
  return Object.values(clauses).reduce((all, some) => all | some, NONE);
}
