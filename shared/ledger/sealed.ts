// Entry -> text and digest, and back: what every store that outlives a process keeps.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import type { LedgerBody, LedgerEntry } from '../core/model/ledger.ts';
import type { Hint, Target } from '../core/model/target.ts';
import { entryName } from './keys.ts';

/** What an entry says beside its head, which is target, sequence and time. */
export interface Content {
  readonly hint: Hint | undefined;
  readonly body: LedgerBody;
}

/** An entry as it is stored. */
export interface Sealed {
  readonly target: Target;
  readonly sequence: number;
  readonly at: Date;
  /** The content as JSON. */
  readonly content: string;
  readonly digest: string;
}

/** A kind of entry that is new has to be written here too: what is not here, this version does not know. */
const KINDS: Readonly<Record<LedgerBody['kind'], true>> = {
  fine: true,
  gone: true,
  held: true,
  intended: true,
  reverted: true,
  verified: true,
  failed: true,
  unreadable: true,
  ticketed: true,
};

/** The digest says that the rest is what was appended. */
function isBody(value: unknown): value is LedgerBody {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    Object.hasOwn(KINDS, value.kind)
  );
}

// A time that is none becomes null in JSON.
const time = z
  .string()
  .nullable()
  .transform((text) => new Date(text ?? Number.NaN));

const content = z.object({
  hint: z
    .object({
      eventId: z.string(),
      eventName: z.string(),
      at: time,
      actor: z.string(),
      sourceAddress: z.string(),
      userAgent: z.string(),
    })
    .optional(),
  body: z.custom<LedgerBody>(isBody),
});

export function contentText({ hint, body }: Content): string {
  return JSON.stringify({ hint, body });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Covers all of an entry, so that none can be changed, or moved to another target, number or time, unseen. */
function digestOf({ target, sequence, at, content: text }: Omit<Sealed, 'digest'>): string {
  const { cloud, account, region, id } = target;
  return sha256(JSON.stringify([cloud, account, region, id, sequence, at.getTime(), sha256(text)]));
}

export function sealed(entry: Omit<Sealed, 'digest'>): Sealed {
  return { ...entry, digest: digestOf(entry) };
}

function malformed({ target, sequence }: Sealed, why: string, cause?: unknown): Fault {
  const name = entryName(target, sequence);
  return new Fault('malformed', `ledger entry \`${name}\` ${why}`, { cause });
}

function contentOf(entry: Sealed): Content {
  let json: unknown;
  try {
    json = JSON.parse(entry.content);
  } catch (error) {
    throw malformed(entry, 'is not JSON', error);
  }
  const parsed = content.safeParse(json);
  if (!parsed.success) throw malformed(entry, 'is of a kind that this version does not know; read it with a newer one');
  return { hint: parsed.data.hint, body: parsed.data.body };
}

/** Throws a `Fault` (malformed) where this is not what was appended. */
export function opened(entry: Sealed): LedgerEntry {
  if (digestOf(entry) !== entry.digest) {
    throw malformed(entry, 'does not match its digest: it is not what was appended; look for who wrote to the store');
  }
  const { target, sequence, at } = entry;
  return { target, sequence, at, ...contentOf(entry) };
}
