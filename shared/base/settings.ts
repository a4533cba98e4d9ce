import { z } from 'zod';
import { Fault } from './fault.ts';

/** The environment of a process, as a value. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where tickets go. The password comes from the environment variable that `PORTCULLIS_SERVICENOW_SECRET` names. */
export type TicketsSetting =
  | { readonly kind: 'servicenow'; readonly instance: URL; readonly username: string; readonly password: string }
  | { readonly kind: 'memory' }
  | { readonly kind: 'none' };

/** Where the record is kept. */
export type LedgerSetting =
  | { readonly kind: 'dynamodb'; readonly table: string }
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'memory' };

/** Where what operators order at run time is kept, and the key that it is signed with. */
export type OrdersSetting =
  | { readonly kind: 'dynamodb'; readonly table: string; readonly keyFile: string }
  | { readonly kind: 'sqlite'; readonly file: string; readonly keyFile: string }
  | { readonly kind: 'memory'; readonly keyFile: string }
  | { readonly kind: 'none' };

/** What the deployed functions are told from outside. */
export interface Settings {
  readonly region: string;
  readonly policyPath: string;
  readonly ledger: LedgerSetting;
  readonly orders: OrdersSetting;
  readonly tickets: TicketsSetting;
  /** The EventBridge bus that outcomes are published on. */
  readonly eventBus: string;
  /** Rules that a security group takes in one direction, where it is not the usual number. */
  readonly rulesPerGroup: number | undefined;
  /** The queues of `change` and of `sweepPart`, by name. */
  readonly changeQueue: string;
  readonly sweepQueue: string;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Reads one setting after the other and keeps every complaint, so that all are told at once. */
class Reading {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  optional(name: string): string | undefined {
    const value = this.#environment[name];
    return value === undefined || value === '' ? undefined : value;
  }

  required(name: string, expected: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problem(name, `is missing; ${expected}`);
    return value ?? '';
  }

  problem(name: string, text: string): void {
    this.problems.push(`setting \`${name}\` ${text}`);
  }
}

function policyPathIn(reading: Reading): string {
  const path = reading.required('PORTCULLIS_POLICY', 'write the path of a policy file or folder');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) {
    reading.problem(
      'PORTCULLIS_POLICY',
      'names a store that is not supported yet; write the path of a policy file or folder',
    );
  }
  return path;
}

const STORES = 'write `dynamodb:TABLE`, `sqlite:FILE` or `memory:`';

/** As the API reference of CreateTable has it (checked 2026-11-24). */
const TABLE = /^[A-Za-z0-9_.-]{3,255}$/;

/** Undefined where there is a problem, which never shows what stands behind the colon: it may hold a key. */
function storeNamed(reading: Reading, name: string, text: string): LedgerSetting | undefined {
  const [, kind = '', value = ''] = /^([^:]*:)(.*)$/s.exec(text) ?? [];
  switch (kind) {
    case 'dynamodb:':
      if (TABLE.test(value)) return { kind: 'dynamodb', table: value };
      reading.problem(name, 'names no table; write `dynamodb:TABLE`: 3 to 255 letters, digits, `_`, `.` and `-`');
      return undefined;
    case 'sqlite:':
      // SQLite's own name for a database that is gone with the process.
      if (value !== '' && value !== ':memory:') return { kind: 'sqlite', file: value };
      reading.problem(name, 'names no file; write `sqlite:FILE`, or `memory:` for one that is gone with the process');
      return undefined;
    case 'memory:':
      if (value === '') return { kind: 'memory' };
      reading.problem(name, 'says more than `memory:`, which has no name; write `memory:`');
      return undefined;
    case 'azure-table:':
      reading.problem(name, `is of the kind \`${kind}\`, which is not supported yet; ${STORES}`);
      return undefined;
    default:
      reading.problem(name, 'is none of `dynamodb:TABLE`, `sqlite:FILE` and `memory:`');
      return undefined;
  }
}

function ledgerIn(reading: Reading): LedgerSetting {
  const name = 'PORTCULLIS_LEDGER';
  const text = reading.required(name, STORES);
  return (text === '' ? undefined : storeNamed(reading, name, text)) ?? { kind: 'memory' };
}

/** Without a store there are no grants and no pause. With one there has to be a key, or anybody could order anything. */
function ordersIn(reading: Reading): OrdersSetting {
  const name = 'PORTCULLIS_GRANTS';
  const keyName = 'PORTCULLIS_GRANTS_KEY';
  const text = reading.optional(name);
  if (text === undefined) {
    // Whoever made a key means to pause and to grant, and nobody would hear of it.
    if (reading.optional(keyName) !== undefined) {
      reading.problem(name, `is missing while \`${keyName}\` is there; ${STORES}, or leave out both`);
    }
    return { kind: 'none' };
  }
  const store = storeNamed(reading, name, text);
  const key = reading.required(
    keyName,
    'write `file:PATH`, where PATH is a key that `portcullis grants key PATH` made',
  );
  const keyFile = /^file:(.+)$/s.exec(key)?.[1];
  // What stands there is not shown: somebody may have put the key itself here.
  if (key !== '' && keyFile === undefined) reading.problem(keyName, 'names no file; write `file:PATH`');
  return store === undefined || keyFile === undefined ? { kind: 'none' } : { ...store, keyFile };
}

function checkMode(reading: Reading): void {
  if (reading.optional('PORTCULLIS_MODE') === undefined) return;
  // A ceiling that is ignored would revert what its owner meant to be reported only.
  reading.problem('PORTCULLIS_MODE', 'is not supported yet; remove it and state `mode: report` in the policies');
}

function hasNothingElse({ pathname, search, hash, username, password }: URL): boolean {
  return pathname === '/' && [search, hash, username, password].every((part) => part === '');
}

function instanceIn(reading: Reading, text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (url !== undefined && safe && hasNothingElse(url)) return url;
  reading.problem(
    'PORTCULLIS_TICKETS',
    'must name the instance and nothing else; write `servicenow:https://INSTANCE.service-now.com` (plain http only on loopback)',
  );
  return undefined;
}

// Basic authentication ends the user name at the first colon.
const login = z.object({ username: z.string().regex(/^[^:]+$/), password: z.string().min(1) });

function loginIn(reading: Reading): z.infer<typeof login> | undefined {
  const name = 'PORTCULLIS_SERVICENOW_SECRET';
  const secret = reading.required(name, 'write `env:NAME`, where NAME is an environment variable that holds the login');
  if (secret === '') return undefined;
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(secret)?.[1];
  if (variable === undefined) {
    // The value is not shown: somebody may have put the secret itself here.
    reading.problem(name, 'names a store that is not supported yet; write `env:NAME`');
    return undefined;
  }
  const text = reading.optional(variable);
  let json: unknown;
  try {
    json = JSON.parse(text ?? '');
  } catch {
    json = undefined;
  }
  const parsed = login.safeParse(json);
  if (parsed.success) return parsed.data;
  reading.problem(
    name,
    `points to \`${variable}\`, which does not hold a login; write \`{"username": "...", "password": "..."}\` into it`,
  );
  return undefined;
}

function ticketsIn(reading: Reading): TicketsSetting {
  const text = reading.required(
    'PORTCULLIS_TICKETS',
    'write `servicenow:https://INSTANCE.service-now.com`, `memory:` or `none`',
  );
  if (text === 'memory:') return { kind: 'memory' };
  if (text === 'none' || text === '') return { kind: 'none' };
  if (!text.startsWith('servicenow:')) {
    reading.problem(
      'PORTCULLIS_TICKETS',
      'is none of `servicenow:https://INSTANCE.service-now.com`, `memory:` and `none`',
    );
    return { kind: 'none' };
  }
  const instance = instanceIn(reading, text.slice('servicenow:'.length));
  const user = loginIn(reading);
  return instance === undefined || user === undefined ? { kind: 'none' } : { kind: 'servicenow', instance, ...user };
}

function regionIn(reading: Reading): string {
  const expected = 'write the region that this process guards, such as `us-east-1`';
  const region = reading.required('AWS_REGION', expected);
  if (!/^[a-z0-9-]{0,64}$/.test(region)) reading.problem('AWS_REGION', `is no region; ${expected}`);
  return region;
}

/** A name or an ARN, as the API reference of PutEvents has it (checked 2026-11-24). */
function eventBusIn(reading: Reading): string {
  const bus = reading.optional('PORTCULLIS_EVENT_BUS') ?? 'default';
  if (!/^(arn:aws[\w-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/.test(bus)) {
    reading.problem(
      'PORTCULLIS_EVENT_BUS',
      'is no event bus; write its name or its ARN, or leave it out for `default`',
    );
  }
  return bus;
}

/** The name of a standard queue (SQS API Reference, CreateQueue, checked 2026-11-24). */
function queueIn(reading: Reading, name: string, unstated: string): string {
  const queue = reading.optional(name) ?? unstated;
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(queue)) {
    reading.problem(name, `is no name of a queue; write its name, not its URL, or leave it out for \`${unstated}\``);
  }
  return queue;
}

/** The quota of the account, where it was raised: nobody can read it from EC2. */
function rulesPerGroupIn(reading: Reading): number | undefined {
  const name = 'PORTCULLIS_RULES_PER_GROUP';
  const text = reading.optional(name);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  reading.problem(name, 'is no number of rules from 1 to 9999; write the quota, or leave it out for 60');
  return undefined;
}

function only<T>(environment: Environment, read: (reading: Reading) => T): T {
  const reading = new Reading(environment);
  const value = read(reading);
  if (reading.problems.length > 0) throw new Fault('malformed', reading.problems.join('; '));
  return value;
}

/** The quota of rules, for the command line. Throws a `Fault` (malformed). */
export function rulesPerGroupOf(environment: Environment): number | undefined {
  return only(environment, rulesPerGroupIn);
}

/** Where the command line finds the record. Throws a `Fault` (malformed). */
export function ledgerSettingOf(environment: Environment): LedgerSetting {
  return only(environment, ledgerIn);
}

/** Where the command line finds grants and the pause. Throws a `Fault` (malformed). */
export function ordersSettingOf(environment: Environment): OrdersSetting {
  return only(environment, ordersIn);
}

/** Reads the settings. Throws a `Fault` (malformed) that names every setting that is missing or wrong. */
export function settingsOf(environment: Environment): Settings {
  const reading = new Reading(environment);
  const settings = {
    region: regionIn(reading),
    policyPath: policyPathIn(reading),
    ledger: ledgerIn(reading),
    orders: ordersIn(reading),
    tickets: ticketsIn(reading),
    eventBus: eventBusIn(reading),
    rulesPerGroup: rulesPerGroupIn(reading),
    changeQueue: queueIn(reading, 'PORTCULLIS_CHANGE_QUEUE', 'portcullis-change'),
    sweepQueue: queueIn(reading, 'PORTCULLIS_SWEEP_QUEUE', 'portcullis-sweep-part'),
  };
  checkMode(reading);
  if (reading.problems.length > 0) throw new Fault('malformed', reading.problems.join('; '));
  return settings;
}
