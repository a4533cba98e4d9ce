import { describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { ordersSettingOf, settingsOf } from '../../shared/base/settings.ts';
import type { Environment, Settings } from '../../shared/base/settings.ts';

const PASSWORD = 'hunter2-of-nobody';
const LOGIN = JSON.stringify({ username: 'portcullis', password: PASSWORD });

const COMPLETE: Environment = {
  AWS_REGION: 'us-east-1',
  PORTCULLIS_POLICY: 'policies',
  PORTCULLIS_LEDGER: 'memory:',
  PORTCULLIS_TICKETS: 'servicenow:https://dev1.service-now.com',
  PORTCULLIS_SERVICENOW_SECRET: 'env:SERVICENOW_LOGIN',
  SERVICENOW_LOGIN: LOGIN,
};

function read(changed: Environment = {}): Settings {
  return settingsOf({ ...COMPLETE, ...changed });
}

/** The message of the `Fault` that these settings meet, which never shows the password. */
function complaint(environment: Environment): string {
  try {
    settingsOf(environment);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.kind).toBe('malformed');
    expect(error.message).toMatch(/^[^\n]+$/);
    expect(`${error.message} ${String(error.cause)}`).not.toContain(PASSWORD);
    return error.message;
  }
  throw new Error(`no complaint about ${JSON.stringify(environment)}`);
}

function complaintOf(changed: Environment): string {
  return complaint({ ...COMPLETE, ...changed });
}

/** The settings that a message names, in its order. */
function namedIn(message: string): readonly string[] {
  return [...message.matchAll(/setting `([^`]*)`/g)].flatMap(([, name = '']) => [name]);
}

describe('complete settings', () => {
  it('are read', () => {
    expect(read()).toEqual({
      region: 'us-east-1',
      policyPath: 'policies',
      ledger: { kind: 'memory' },
      orders: { kind: 'none' },
      tickets: {
        kind: 'servicenow',
        instance: new URL('https://dev1.service-now.com'),
        username: 'portcullis',
        password: PASSWORD,
      },
      eventBus: 'default',
      rulesPerGroup: undefined,
      changeQueue: 'portcullis-change',
      sweepQueue: 'portcullis-sweep-part',
    });
  });

  it('may name the queues, and the quota of rules where it was raised', () => {
    const stated = {
      PORTCULLIS_CHANGE_QUEUE: 'guard-change',
      PORTCULLIS_SWEEP_QUEUE: 'guard-part',
      PORTCULLIS_RULES_PER_GROUP: '100',
    };
    expect(read(stated)).toMatchObject({ changeQueue: 'guard-change', sweepQueue: 'guard-part', rulesPerGroup: 100 });
  });

  it.each(['0', '-1', '60.5', 'many', '1e3', '100000'])('a quota of `%s` is refused', (quota) => {
    expect(complaintOf({ PORTCULLIS_RULES_PER_GROUP: quota })).toContain('PORTCULLIS_RULES_PER_GROUP');
  });

  it.each(['https://sqs.eu-west-1.amazonaws.com/1/q', 'a b', 'q.fifo'])('a queue `%s` is refused', (queue) => {
    expect(complaintOf({ PORTCULLIS_SWEEP_QUEUE: queue })).toContain('write its name, not its URL');
  });

  it('may name a bus, by name or by its ARN', () => {
    expect(read({ PORTCULLIS_EVENT_BUS: 'security' }).eventBus).toBe('security');
    const arn = ['arn', 'aws', 'events', 'us-east-1', '111122223333', 'event-bus/security'].join(':');
    expect(read({ PORTCULLIS_EVENT_BUS: arn }).eventBus).toBe(arn);
    expect(read({ PORTCULLIS_EVENT_BUS: '' }).eventBus).toBe('default');
  });

  it.each([
    ['memory:', { kind: 'memory' }],
    ['sqlite:ledger.db', { kind: 'sqlite', file: 'ledger.db' }],
    ['sqlite:/var/lib/portcullis/a b:c.db', { kind: 'sqlite', file: '/var/lib/portcullis/a b:c.db' }],
    ['dynamodb:portcullis-ledger', { kind: 'dynamodb', table: 'portcullis-ledger' }],
    [`dynamodb:${'A_9.-'.repeat(51)}`, { kind: 'dynamodb', table: 'A_9.-'.repeat(51) }],
  ])('may keep the ledger in `%s`', (text, ledger) => {
    expect(read({ PORTCULLIS_LEDGER: text }).ledger).toEqual(ledger);
  });

  it.each([
    ['memory:', { kind: 'memory' }],
    ['sqlite:grants.db', { kind: 'sqlite', file: 'grants.db' }],
    ['dynamodb:portcullis-grants', { kind: 'dynamodb', table: 'portcullis-grants' }],
  ])('may keep grants in `%s`, with a key', (text, store) => {
    const orders = { ...store, keyFile: '/etc/a key:1' };
    const stated = { PORTCULLIS_GRANTS: text, PORTCULLIS_GRANTS_KEY: 'file:/etc/a key:1' };
    expect(read(stated).orders).toEqual(orders);
    expect(ordersSettingOf(stated)).toEqual(orders);
  });

  it('may keep no grants, without a key', () => {
    expect(read().orders).toEqual({ kind: 'none' });
    expect(read({ PORTCULLIS_GRANTS: '', PORTCULLIS_GRANTS_KEY: '' }).orders).toEqual({ kind: 'none' });
    expect(ordersSettingOf({})).toEqual({ kind: 'none' });
  });

  it('may keep tickets in memory or make none, without a login', () => {
    const withoutLogin = { PORTCULLIS_SERVICENOW_SECRET: undefined, SERVICENOW_LOGIN: undefined };
    expect(read({ PORTCULLIS_TICKETS: 'memory:', ...withoutLogin }).tickets).toEqual({ kind: 'memory' });
    expect(read({ PORTCULLIS_TICKETS: 'none', ...withoutLogin }).tickets).toEqual({ kind: 'none' });
  });

  it.each(['http://127.0.0.1:4567', 'http://localhost:4567', 'http://[::1]:4567', 'https://dev1.service-now.com/'])(
    'may name the instance `%s`',
    (instance) => {
      const { tickets } = read({ PORTCULLIS_TICKETS: `servicenow:${instance}` });
      expect(tickets).toMatchObject({ kind: 'servicenow', instance: new URL(instance) });
    },
  );

  it.each(['us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1', 'ap-southeast-5', 'us-isob-east-1'])(
    'may name the region `%s`',
    (region) => {
      expect(read({ AWS_REGION: region }).region).toBe(region);
    },
  );

  it('take the login from the variable that is named, whatever else it holds', () => {
    const login = JSON.stringify({ username: 'ünï', password: '":\\ ' });
    const other = { PORTCULLIS_SERVICENOW_SECRET: 'env:_OTHER_2', _OTHER_2: login };
    expect(read(other).tickets).toMatchObject({ username: 'ünï', password: '":\\ ' });
  });

  it('are read without a look at what is none of ours', () => {
    expect(read({ PATH: '/bin', AWS_SECRET_ACCESS_KEY: 'x', HOME: undefined })).toEqual(read());
  });
});

describe('a missing setting', () => {
  const REQUIRED = ['AWS_REGION', 'PORTCULLIS_POLICY', 'PORTCULLIS_LEDGER', 'PORTCULLIS_TICKETS'];

  it.each([...REQUIRED, 'PORTCULLIS_SERVICENOW_SECRET'])('`%s` is named alone, absent or empty', (name) => {
    for (const value of [undefined, '']) {
      const message = complaintOf({ [name]: value });
      expect(namedIn(message)).toEqual([name]);
      expect(message).toMatch(/is missing; write /);
    }
  });

  it('is told of together with all the others', () => {
    expect([...namedIn(complaint({}))].sort()).toEqual([...REQUIRED].sort());
  });

  it('is told of together with what is malformed', () => {
    const message = complaint({
      PORTCULLIS_POLICY: 's3://bucket/policy.yaml',
      PORTCULLIS_LEDGER: 'azure-table:name',
      PORTCULLIS_TICKETS: 'servicenow:http://dev1.service-now.com',
      PORTCULLIS_SERVICENOW_SECRET: 'secretsmanager:name',
      PORTCULLIS_MODE: 'report',
    });
    expect([...namedIn(message)].sort()).toEqual([
      'AWS_REGION',
      'PORTCULLIS_LEDGER',
      'PORTCULLIS_MODE',
      'PORTCULLIS_POLICY',
      'PORTCULLIS_SERVICENOW_SECRET',
      'PORTCULLIS_TICKETS',
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'is not found on every object: the login in `%s`',
    (name) => {
      const message = complaintOf({ PORTCULLIS_SERVICENOW_SECRET: `env:${name}` });
      expect(namedIn(message)).toEqual(['PORTCULLIS_SERVICENOW_SECRET']);
    },
  );
});

describe('a malformed setting', () => {
  it.each(['us east 1', 'US-EAST-1', 'us-east-1 ', 'us-east-1/../x', 'evil.example.com', '$(AWS_REGION)'])(
    '`AWS_REGION` of `%s` is refused at once, by name',
    (region) => {
      expect(namedIn(complaintOf({ AWS_REGION: region }))).toEqual(['AWS_REGION']);
    },
  );

  it.each(['s3://bucket/policy.yaml', 'ssm:///policy', 'appconfig://a/b/c', 'https://example.com/policy.yaml'])(
    '`PORTCULLIS_POLICY` of `%s` says that the store is not supported and what is',
    (path) => {
      const message = complaintOf({ PORTCULLIS_POLICY: path });
      expect(namedIn(message)).toEqual(['PORTCULLIS_POLICY']);
      expect(message).toMatch(/not supported yet; write the path/);
    },
  );

  it.each(['memory', 'Memory:', ' memory:', 'postgres:x', 'sqlite', ':', 'dynamodb', `x${PASSWORD}`, '\n'])(
    '`PORTCULLIS_LEDGER` of `%s` is refused, and what is expected is listed',
    (ledger) => {
      const message = complaintOf({ PORTCULLIS_LEDGER: ledger });
      expect(namedIn(message)).toEqual(['PORTCULLIS_LEDGER']);
      expect(message).toMatch(/`dynamodb:TABLE`.*`sqlite:FILE`.*`memory:`/);
    },
  );

  it.each([
    ['another cloud', `azure-table:${PASSWORD}`, /`azure-table:`, which is not supported yet; write `dynamodb:TABLE`/],
    ['no table', 'dynamodb:', /write `dynamodb:TABLE`/],
    ['too short a table', 'dynamodb:ab', /write `dynamodb:TABLE`/],
    ['too long a table', `dynamodb:${'a'.repeat(256)}`, /write `dynamodb:TABLE`/],
    ['more than a table', `dynamodb:table/${PASSWORD}`, /write `dynamodb:TABLE`/],
    ['two lines', `dynamodb:table\n${PASSWORD}`, /write `dynamodb:TABLE`/],
    ['no file', 'sqlite:', /write `sqlite:FILE`/],
    ["SQLite's own memory", 'sqlite::memory:', /or `memory:`/],
    ['a name in memory', `memory:${PASSWORD}`, /write `memory:`/],
  ])('`PORTCULLIS_LEDGER` with %s is refused, and is not shown', (_what, ledger, expected) => {
    const message = complaintOf({ PORTCULLIS_LEDGER: ledger });
    expect(namedIn(message)).toEqual(['PORTCULLIS_LEDGER']);
    expect(message).toMatch(expected);
  });

  it.each([
    ['no kind', PASSWORD, /`dynamodb:TABLE`.*`sqlite:FILE`.*`memory:`/],
    ['another cloud', `azure-table:${PASSWORD}`, /not supported yet; write `dynamodb:TABLE`/],
    ['more than a table', `dynamodb:table/${PASSWORD}`, /write `dynamodb:TABLE`/],
    ['no file', 'sqlite:', /write `sqlite:FILE`/],
    ['a name in memory', `memory:${PASSWORD}`, /write `memory:`/],
  ])('`PORTCULLIS_GRANTS` with %s is refused, and is not shown', (_what, store, expected) => {
    const message = complaintOf({ PORTCULLIS_GRANTS: store, PORTCULLIS_GRANTS_KEY: 'file:key' });
    expect(namedIn(message)).toEqual(['PORTCULLIS_GRANTS']);
    expect(message).toMatch(expected);
  });

  it.each([
    ['no key', undefined, /is missing; write `file:PATH`.*`portcullis grants key PATH`/],
    ['a key that says nothing', '', /is missing; write `file:PATH`/],
    ['no file', 'file:', /names no file; write `file:PATH`/],
    ['the key itself', PASSWORD, /names no file; write `file:PATH`/],
    ['another store of keys', `kms:${PASSWORD}`, /names no file; write `file:PATH`/],
  ])('`PORTCULLIS_GRANTS` with %s is refused, and the key is not shown', (_what, key, expected) => {
    const message = complaintOf({ PORTCULLIS_GRANTS: 'memory:', PORTCULLIS_GRANTS_KEY: key });
    expect(namedIn(message)).toEqual(['PORTCULLIS_GRANTS_KEY']);
    expect(message).toMatch(expected);
  });

  it('`PORTCULLIS_GRANTS_KEY` without a store is refused: nobody would hear a pause', () => {
    const message = complaintOf({ PORTCULLIS_GRANTS_KEY: `file:${PASSWORD}` });
    expect(message).toMatch(/^setting `PORTCULLIS_GRANTS` is missing while `PORTCULLIS_GRANTS_KEY` is there; write/);
  });

  it.each(['enforce', 'report', 'observe', 'nonsense'])(
    '`PORTCULLIS_MODE` of `%s` is refused, since a ceiling that is ignored would revert what was to be reported',
    (mode) => {
      expect(namedIn(complaintOf({ PORTCULLIS_MODE: mode }))).toEqual(['PORTCULLIS_MODE']);
    },
  );

  it.each(['bus with spaces', 'bus!', 'arn:nonsense bus', 'a\nb'])(
    '`PORTCULLIS_EVENT_BUS` of `%s` is refused at once, by name',
    (bus) => {
      expect(namedIn(complaintOf({ PORTCULLIS_EVENT_BUS: bus }))).toEqual(['PORTCULLIS_EVENT_BUS']);
    },
  );

  it.each(['jira:https://example.com', 'servicenow', 'Servicenow:https://x.service-now.com', 'memory', 'None', 'null'])(
    '`PORTCULLIS_TICKETS` of `%s` is refused, and what is expected is listed',
    (tickets) => {
      const message = complaintOf({ PORTCULLIS_TICKETS: tickets });
      expect(namedIn(message)).toEqual(['PORTCULLIS_TICKETS']);
      expect(message).toMatch(/`servicenow:https:\/\/INSTANCE\.service-now\.com`.*`memory:`.*`none`/);
    },
  );

  it.each([
    ['no address', 'servicenow:'],
    ['no scheme', 'servicenow:dev1.service-now.com'],
    ['plain http to another machine', 'servicenow:http://dev1.service-now.com'],
    ['plain http to a name that begins like loopback', 'servicenow:http://127.0.0.1.example.com'],
    ['plain http to an address that only looks like this machine', 'servicenow:http://localhost.example.com:80'],
    ['another protocol', 'servicenow:ftp://dev1.service-now.com'],
    ['a script', 'servicenow:javascript:alert(1)'],
    ['a path', 'servicenow:https://dev1.service-now.com/api/now'],
    ['a query', 'servicenow:https://dev1.service-now.com/?x=1'],
    ['a place in a page', 'servicenow:https://dev1.service-now.com/#x'],
    ['a user', 'servicenow:https://portcullis@dev1.service-now.com'],
    ['a login', `servicenow:https://portcullis:${PASSWORD}@dev1.service-now.com`],
    ['a password without a user', `servicenow:https://:${PASSWORD}@dev1.service-now.com`],
  ])('`PORTCULLIS_TICKETS` with %s is refused', (_what, tickets) => {
    const message = complaintOf({ PORTCULLIS_TICKETS: tickets });
    expect(namedIn(message)).toEqual(['PORTCULLIS_TICKETS']);
    expect(message).toMatch(/write `servicenow:https:\/\/INSTANCE\.service-now\.com`/);
  });

  it.each([
    ['a store that is not there yet', 'secretsmanager:name'],
    ['another cloud', 'keyvault:vault/name'],
    ['the secret itself', PASSWORD],
    ['the whole login', LOGIN],
    ['no name of a variable', 'env:'],
    ['a name that is none', `env:1-${PASSWORD}`],
    ['more than a name', `env:SERVICENOW_LOGIN ${PASSWORD}`],
    ['two lines', `env:SERVICENOW_LOGIN\n${PASSWORD}`],
  ])('`PORTCULLIS_SERVICENOW_SECRET` with %s is refused, and is not shown', (_what, secret) => {
    const message = complaintOf({ PORTCULLIS_SERVICENOW_SECRET: secret });
    expect(namedIn(message)).toEqual(['PORTCULLIS_SERVICENOW_SECRET']);
    expect(message).toMatch(/write `env:NAME`/);
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['a password alone', PASSWORD],
    ['half of it', `{"username": "portcullis", "password": "${PASSWORD}`],
    ['null', 'null'],
    ['a list', `["portcullis", "${PASSWORD}"]`],
    ['no user', JSON.stringify({ password: PASSWORD })],
    ['an empty user', JSON.stringify({ username: '', password: PASSWORD })],
    ['an empty password', JSON.stringify({ username: 'portcullis', password: '' })],
    ['a number for a password', '{"username": "portcullis", "password": 1}'],
    ['a client, which is not supported yet', JSON.stringify({ clientId: 'id', clientSecret: PASSWORD })],
  ])('a variable that holds %s for the login is named, and not shown', (_what, held) => {
    const message = complaintOf({ SERVICENOW_LOGIN: held });
    expect(namedIn(message)).toEqual(['PORTCULLIS_SERVICENOW_SECRET']);
    expect(message).toContain('`SERVICENOW_LOGIN`');
  });

  it('of two kinds is told twice, so that nobody has to try again for the second', () => {
    const message = complaintOf({ PORTCULLIS_TICKETS: 'servicenow:nowhere', SERVICENOW_LOGIN: undefined });
    expect([...namedIn(message)].sort()).toEqual(['PORTCULLIS_SERVICENOW_SECRET', 'PORTCULLIS_TICKETS']);
  });
});
