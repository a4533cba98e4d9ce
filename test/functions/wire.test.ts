import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wire } from '../../functions/aws/wire.ts';
import type { Wiring } from '../../functions/aws/wire.ts';
import { Fault } from '../../shared/base/fault.ts';
import { makeKeyFile } from '../../shared/grants/key-file.ts';
import { targetOf } from './wiring.ts';

const SECRET = 'not-a-secret-of-anybody';
const POLICY = 'version: 1\npolicies:\n  - { name: web, ingress: { allow: [] } }\n';

let folder: string;
let complete: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-wire-'));
  await writeFile(join(folder, 'web.yaml'), POLICY);
  complete = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRET,
    PORTCULLIS_POLICY: join(folder, 'web.yaml'),
    PORTCULLIS_LEDGER: 'memory:',
    PORTCULLIS_TICKETS: 'memory:',
  };
});

afterAll(() => rm(folder, { recursive: true }));

/** The `Fault` that these settings meet before anything is asked of a cloud. */
async function faultOf(changed: Readonly<Record<string, string>>): Promise<Fault> {
  const met: unknown = await wire({ ...complete, ...changed }).then(
    () => new Error('it was wired'),
    (error: unknown) => error,
  );
  if (!(met instanceof Fault)) throw met;
  expect(met.kind).toBe('malformed');
  expect(`${met.message} ${String(met.cause)}`).not.toContain(SECRET);
  return met;
}

describe('settings become parts', () => {
  it('of one ledger, which both functions use', async () => {
    const { reconcile, fileTicket } = await wire(complete);
    expect(fileTicket.ledger).toBe(reconcile.ledger);
    await reconcile.ledger.append(targetOf(1), undefined, { kind: 'fine' });
    expect(await fileTicket.ledger.entries(targetOf(1))).toHaveLength(1);
  });

  it('with what operators order in a store of its own, under their key', async () => {
    const [keyFile, file] = [join(folder, 'key'), join(folder, 'grants.db')];
    await makeKeyFile(keyFile);
    const stated = { ...complete, PORTCULLIS_GRANTS: `sqlite:${file}`, PORTCULLIS_GRANTS_KEY: `file:${keyFile}` };
    const [{ reconcile }, other] = [await wire(stated), await wire(stated)];
    const pause = { at: new Date(0), by: 'jo', why: 'migration' };
    await other.reconcile.orders.pause(pause);
    expect(await reconcile.orders.standing()).toEqual({ grants: [], pause, rejected: [] });
    expect(await (await wire(complete)).reconcile.orders.standing()).toMatchObject({ pause: undefined });
  });

  it('with a lease that outlives the time a function has', async () => {
    const { reconcile, fileTicket } = await wire(complete);
    expect(reconcile.leaseMs).toBe(90_000);
    expect(fileTicket.leaseMs).toBe(90_000);
  });

  it('without tickets where none are wanted', async () => {
    expect((await wire({ ...complete, PORTCULLIS_TICKETS: 'none' })).fileTicket.tickets).toBeUndefined();
  });

  it('of a whole folder of policies', async () => {
    const { reconcile } = await wire({ ...complete, PORTCULLIS_POLICY: folder });
    expect(reconcile.cloud.traits.portRanges).toEqual([6, 17]);
  });

  it('each time anew', async () => {
    const [one, other] = await Promise.all([wire(complete), wire(complete)]);
    expect(one.reconcile.ledger).not.toBe(other.reconcile.ledger);
  });
});

describe('what cannot be wired is refused at once', () => {
  it('with every setting that is missing', async () => {
    await expect(wire({})).rejects.toMatchObject({ name: 'Fault', kind: 'malformed' });
    for (const name of ['AWS_REGION', 'PORTCULLIS_POLICY', 'PORTCULLIS_LEDGER', 'PORTCULLIS_TICKETS']) {
      await expect(wire({})).rejects.toThrow(`\`${name}\``);
    }
  });

  it('with the policy that is not there', async () => {
    const { message } = await faultOf({ PORTCULLIS_POLICY: join(folder, 'missing.yaml') });
    expect(message).toMatch(/missing\.yaml` does not exist/);
  });

  it('with every line of a policy that is wrong', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'portcullis-wire-'));
    try {
      await writeFile(join(broken, 'a.yaml'), POLICY.replace('web', 'a').replace('ingress', 'ingres'));
      await writeFile(join(broken, 'b.yaml'), POLICY.replace('web', 'b').replace('[]', '[{ service: tcp/443-80 }]'));
      const { message } = await faultOf({ PORTCULLIS_POLICY: broken });
      expect(message).toMatch(/a\.yaml` line 3: .*`ingres`/);
      expect(message).toMatch(/b\.yaml` line 3: .*`443-80`/);
    } finally {
      await rm(broken, { recursive: true });
    }
  });

  const notOurs = [
    'http://198.51.100.7',
    'https://events.example.com',
    'http://127.0.0.1.example.com',
    'https://ec2.us-east-1.amazonaws.com.example.com',
    'https://example-amazonaws.com',
    'https://amazonaws.com@example.com',
    'http://ec2.us-east-1.amazonaws.com',
    'ftp://127.0.0.1',
    'nonsense',
  ];

  it.each(notOurs)('with `%s` as the endpoint of EC2, which would be sent our signature', async (endpoint) => {
    expect((await faultOf({ AWS_ENDPOINT_URL_EC2: endpoint })).message).toContain('`AWS_ENDPOINT_URL_EC2`');
  });

  it.each(notOurs)('with `%s` as the endpoint of the bus, which would be sent our outcomes', async (endpoint) => {
    const { message } = await faultOf({ AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint });
    expect(message).toContain('`AWS_ENDPOINT_URL_EVENTBRIDGE`');
  });

  it.each(notOurs)('with `%s` as the endpoint of everything', async (endpoint) => {
    expect((await faultOf({ AWS_ENDPOINT_URL: endpoint })).message).toContain('`AWS_ENDPOINT_URL`');
  });

  it('but not with endpoints of AWS, of this machine, or with empty ones, which the SDK takes for none', async () => {
    for (const endpoint of ['https://vpce-1.ec2.us-east-1.vpce.amazonaws.com', 'http://127.0.0.1:4566', '']) {
      const changed = { AWS_ENDPOINT_URL_EC2: endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint };
      const wired: Wiring = await wire({ ...complete, ...changed });
      expect(wired.reconcile.publisher).toBeDefined();
    }
  });
});

describe('credentials', () => {
  const FROM_CHAIN = 'AKIAI44QH8DHBEXAMPLE';

  /** The key id and the session token of the first request that EC2 gets. */
  async function signedBy(changed: Readonly<Record<string, string>>): Promise<readonly (string | undefined)[]> {
    const seen: (string | undefined)[][] = [];
    const server = createServer(({ headers }, answer) => {
      const key = /Credential=([^/]*)/.exec(headers.authorization ?? '')?.[1];
      seen.push([key, headers['x-amz-security-token']?.toString()]);
      answer.writeHead(403).end('<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    // What the SDK's own chain finds.
    vi.stubEnv('AWS_ACCESS_KEY_ID', FROM_CHAIN);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    try {
      const endpoint = `http://127.0.0.1:${String(address.port)}`;
      const { reconcile } = await wire({ ...complete, AWS_ENDPOINT_URL_EC2: endpoint, ...changed });
      const target = { ...targetOf(1), region: 'us-east-1' };
      await expect(reconcile.cloud.read(target, [])).rejects.toBeInstanceOf(Error);
      return seen[0] ?? [];
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
  }

  it('that are stated are used', async () => {
    expect(await signedBy({})).toEqual(['AKIAIOSFODNN7EXAMPLE', undefined]);
    expect(await signedBy({ AWS_SESSION_TOKEN: 'a-session' })).toEqual(['AKIAIOSFODNN7EXAMPLE', 'a-session']);
  });

  it('that are stated as nothing are not given: the chain of the SDK finds others', async () => {
    expect(await signedBy({ AWS_ACCESS_KEY_ID: '' })).toEqual([FROM_CHAIN, undefined]);
    expect(await signedBy({ AWS_SECRET_ACCESS_KEY: '' })).toEqual([FROM_CHAIN, undefined]);
  });

  it('with a session token of nothing have none', async () => {
    expect(await signedBy({ AWS_SESSION_TOKEN: '' })).toEqual(['AKIAIOSFODNN7EXAMPLE', undefined]);
  });
});

describe('the wiring of a process', () => {
  const IGNORED = { 'detail-type': 'EBS Volume Notification', source: 'aws.ec2', detail: {} };

  beforeEach(() => {
    // The process keeps its wiring in a module, so each test loads the modules anew.
    vi.resetModules();
    for (const name of Object.keys(complete)) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each(['change', 'ticket'] as const)('that failed is tried again by the next event of `%s`', async (name) => {
    const printed: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    const { handler } =
      name === 'change' ? await import('../../functions/aws/change.ts') : await import('../../functions/aws/ticket.ts');
    const event = name === 'change' ? IGNORED : { Records: [] };
    await expect(handler(event)).rejects.toThrow('`PORTCULLIS_POLICY`');
    for (const [setting, value] of Object.entries(complete)) vi.stubEnv(setting, value);
    if (name === 'change') {
      expect(await handler(event)).toEqual({ batchItemFailures: [] });
      expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual([
        expect.objectContaining({ level: 'info', message: 'event ignored' }),
      ]);
    } else {
      await expect(handler(event)).rejects.toThrow('no SQS messages');
    }
  });

  it('is made once, whatever happens to the settings afterwards', async () => {
    for (const [setting, value] of Object.entries(complete)) vi.stubEnv(setting, value);
    const { processWiring } = await import('../../functions/aws/wire.ts');
    const [one, other] = await Promise.all([processWiring(), processWiring()]);
    vi.stubEnv('PORTCULLIS_POLICY', undefined);
    expect(other).toBe(one);
    expect(await processWiring()).toBe(one);
  });
});
