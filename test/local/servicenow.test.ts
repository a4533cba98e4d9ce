import { describe, expect, it } from 'vitest';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';

const incidentsUrl = 'http://instance.example/api/now/table/incident';
const credentials = `Basic ${Buffer.from('portcullis:open sesame').toString('base64')}`;

/** A fresh instance whose clock stands still until it is moved, and a client that speaks to it. */
function instance() {
  const clock = { at: new Date('2026-11-24T09:30:15.700Z') };
  const serviceNow = createLocalServiceNow({ user: 'portcullis', password: 'open sesame', now: () => clock.at });
  const send = async (method: string, url: string, body?: unknown) => {
    const response = await serviceNow.app.request(url, {
      method,
      headers: { Authorization: credentials, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as { result?: unknown; error?: unknown },
    };
  };
  const create = async (fields: Record<string, unknown>) => {
    const answer = await send('POST', incidentsUrl, fields);
    expect(answer.status).toBe(201);
    return answer.body.result as Record<string, string>;
  };
  const query = async (text: string, more = '') => {
    const answer = await send('GET', `${incidentsUrl}?sysparm_query=${encodeURIComponent(text)}${more}`);
    expect(answer.status).toBe(200);
    return (answer.body.result as Record<string, string>[]).map((record) => record.short_description);
  };
  return { clock, serviceNow, send, create, query };
}

describe('creating an incident', () => {
  it('answers the whole record, all of it as strings, with the address of the new record', async () => {
    const { send } = instance();
    const answer = await send('POST', incidentsUrl, {
      short_description: 'open port',
      impact: 2,
      urgency: '2',
      knowledge: true,
    });
    const record = answer.body.result as Record<string, unknown>;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Location')).toBe(`${incidentsUrl}/${String(record.sys_id)}`);
    expect(record).toMatchObject({
      number: 'INC0010001',
      state: '1',
      incident_state: '1',
      impact: '2',
      priority: '3',
      knowledge: 'true',
      sys_created_on: '2026-11-24 09:30:15',
      sys_updated_on: '2026-11-24 09:30:15',
      opened_at: '2026-11-24 09:30:15',
      sys_created_by: 'portcullis',
      sys_mod_count: '0',
      active: 'true',
      caller_id: '',
    });
    expect(record.sys_id).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(record)).toHaveLength(83);
    const plain = Object.entries(record).filter(([name]) => name !== 'opened_by' && name !== 'sys_domain');
    expect(plain.filter(([, value]) => typeof value !== 'string')).toEqual([]);
  });

  it('counts numbers up and gives every record an id of its own', async () => {
    const { create } = instance();
    const [first, second] = [await create({}), await create({})];
    expect([first.number, second.number]).toEqual(['INC0010001', 'INC0010002']);
    expect(first.sys_id).not.toBe(second.sys_id);
  });

  it('drops unknown and platform-written fields without a word', async () => {
    const { create, serviceNow } = instance();
    const record = await create({
      short_descripton: 'misspelt',
      sys_id: 'mine',
      sys_created_on: '1999-01-01 00:00:00',
    });
    expect(record).not.toHaveProperty('short_descripton');
    expect(record.short_description).toBe('');
    expect(record.sys_id).not.toBe('mine');
    expect(serviceNow.incidents()[0]?.fields.sys_created_on).toBe('2026-11-24 09:30:15');
  });

  it('stores text as it comes, a script too, and cuts what is too long', async () => {
    const { create, serviceNow } = instance();
    const script = 'javascript:gs.getUserID()^ORDERBYnumber';
    const record = await create({ description: script, correlation_id: 'c'.repeat(120), caller_id: 'alex' });
    expect(record.description).toBe(script);
    expect(record.correlation_id).toHaveLength(100);
    expect(serviceNow.evaluated).toEqual([]);
    expect(record.caller_id).toEqual({ link: 'http://instance.example/api/now/table/sys_user/alex', value: 'alex' });
  });

  it('leaves the configuration item blank unless it is a sys_id', async () => {
    const { create } = instance();
    expect((await create({ cmdb_ci: 'i-0123456789abcdef0' })).cmdb_ci).toBe('');
    const sysId = '0123456789abcdef0123456789abcdef';
    expect((await create({ cmdb_ci: sysId })).cmdb_ci).toMatchObject({ value: sysId });
  });

  it.each(['{"short_description":', '[]', '"text"', ''])('refuses the body `%s`', async (body) => {
    const { send, serviceNow } = instance();
    const answer = await send('POST', incidentsUrl, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { message: 'Exception while reading request' }, status: 'failure' });
    expect(serviceNow.incidents()).toEqual([]);
  });

  it('refuses a field that is neither text, number, boolean nor null', async () => {
    const { send } = instance();
    const answer = await send('POST', incidentsUrl, { description: { text: 'nested' } });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain('`description`');
  });
});

describe('the door', () => {
  it.each([undefined, 'Basic bm9ib2R5OndpdGhvdXQ=', 'Bearer token'])(
    'refuses credentials %s',
    async (Authorization) => {
      const { serviceNow } = instance();
      const response = await serviceNow.app.request(incidentsUrl, Authorization ? { headers: { Authorization } } : {});
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { message: 'User Not Authenticated', detail: 'Required to provide Auth information' },
        status: 'failure',
      });
    },
  );

  it('knows no other table, address or method', async () => {
    const { send } = instance();
    const table = await send('GET', 'http://instance.example/api/now/table/sys_user');
    expect(table.status).toBe(400);
    expect(table.body).toEqual({ error: { message: 'Invalid table sys_user', detail: null }, status: 'failure' });
    expect((await send('GET', 'http://instance.example/api/now/other')).status).toBe(400);
    expect((await send('DELETE', `${incidentsUrl}/1`)).status).toBe(405);
  });

  it('says so where a parameter is not modelled', async () => {
    const { send } = instance();
    expect((await send('GET', `${incidentsUrl}?sysparm_display_value=all`)).status).toBe(501);
    expect((await send('GET', `${incidentsUrl}?sysparm_display_value=false`)).status).toBe(200);
  });
});

describe('reading', () => {
  it('finds one record by sys_id, and says so where there is none', async () => {
    const { send, create } = instance();
    const { sys_id: sysId } = await create({ short_description: 'one' });
    const found = await send('GET', `${incidentsUrl}/${String(sysId)}?sysparm_fields=short_description,nonsense`);
    expect(found.body).toEqual({ result: { short_description: 'one' } });
    const missing = await send('GET', `${incidentsUrl}/${'0'.repeat(32)}`);
    expect(missing.status).toBe(404);
    expect(missing.body).toMatchObject({ error: { message: 'No Record found' }, status: 'failure' });
  });

  it('gives references as plain values where links are excluded', async () => {
    const { send, create } = instance();
    await create({ assignment_group: 'network' });
    const plain = await send(
      'GET',
      `${incidentsUrl}?sysparm_exclude_reference_link=true&sysparm_fields=assignment_group`,
    );
    expect(plain.body).toEqual({ result: [{ assignment_group: 'network' }] });
  });

  it('pages with a limit, an offset, a total and links', async () => {
    const { send, create } = instance();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create({ short_description: name });
    const page = await send('GET', `${incidentsUrl}?sysparm_query=ORDERBYDESCnumber&sysparm_limit=2&sysparm_offset=2`);
    expect((page.body.result as { short_description: string }[]).map((r) => r.short_description)).toEqual(['c', 'b']);
    expect(page.headers.get('X-Total-Count')).toBe('5');
    expect(page.headers.get('Link')).toMatch(/<[^>]*sysparm_offset=4[^>]*>;rel="next"/);
    const last = await send('GET', `${incidentsUrl}?sysparm_limit=2&sysparm_offset=4`);
    expect(last.headers.get('Link')).not.toContain('rel="next"');
    expect((await send('GET', `${incidentsUrl}?number=INC0019999`)).body).toEqual({ result: [] });
  });
});

describe('encoded queries', () => {
  async function three() {
    const made = instance();
    await made.create({ short_description: 'Alpha 22', correlation_id: 'x^y', urgency: '1' });
    await made.create({ short_description: 'beta 22', correlation_id: 'x', state: '2' });
    await made.create({ short_description: 'gamma 3389', correlation_id: '' });
    return made;
  }

  it.each([
    ['correlation_id=x', ['beta 22']],
    ['correlation_id=x^^y', ['Alpha 22']],
    ['correlation_id!=x', ['Alpha 22', 'gamma 3389']],
    ['short_descriptionLIKE22', ['Alpha 22', 'beta 22']],
    ['short_descriptionSTARTSWITHalpha', ['Alpha 22']],
    ['short_descriptionENDSWITH3389', ['gamma 3389']],
    ['numberININC0010001,INC0010003', ['Alpha 22', 'gamma 3389']],
    ['correlation_idISEMPTY', ['gamma 3389']],
    ['correlation_idISNOTEMPTY^short_descriptionLIKE22^state=2', ['beta 22']],
    ['state=2^ORshort_descriptionLIKEgamma', ['beta 22', 'gamma 3389']],
    ['short_descriptionLIKE22^state=2^ORurgency=1^correlation_id=x', ['beta 22']],
    ['correlation_id=x^NQshort_descriptionLIKEgamma', ['beta 22', 'gamma 3389']],
    ['ORDERBYDESCshort_description', ['gamma 3389', 'beta 22', 'Alpha 22']],
    ['short_descriptionLIKE22^ORDERBYDESCnumber^EQ', ['beta 22', 'Alpha 22']],
  ])('%s', async (text, expected) => {
    const { query, serviceNow } = await three();
    expect(await query(text)).toEqual(expected);
    expect(serviceNow.ignored).toEqual([]);
  });

  it('leaves out an invalid part and runs the rest, so a misspelt field finds anything', async () => {
    const { query, serviceNow } = await three();
    expect(await query('correlation_idd=x')).toHaveLength(3);
    expect(await query('state=1^correlation_idd=x')).toEqual(['Alpha 22', 'gamma 3389']);
    expect(await query('correlation_idd=x^ORstate=2')).toEqual(['beta 22']);
    expect(await query('state=1^bogus=1^ORstate=2')).toEqual([]);
    expect(serviceNow.ignored).toEqual(['correlation_idd=x', 'correlation_idd=x', 'correlation_idd=x', 'bogus=1']);
  });

  it('records what a real instance would run as a script, and matches nothing with it', async () => {
    const { query, serviceNow } = await three();
    expect(await query('correlation_id=x^caller_id=javascript:gs.getUserID()')).toEqual([]);
    expect(await query('correlation_id!=javascript:1')).toEqual([]);
    expect(await query('short_description=says javascript:1')).toEqual([]);
    expect(serviceNow.evaluated).toEqual(['javascript:gs.getUserID()', 'javascript:1']);
  });

  it.each(['priority<=2', 'caller_id.name=alex', 'stateNOT IN6,7'])(
    'refuses `%s`, which is not modelled',
    async (text) => {
      const { send } = await three();
      expect((await send('GET', `${incidentsUrl}?sysparm_query=${encodeURIComponent(text)}`)).status).toBe(501);
    },
  );

  it('takes a field as a parameter of its own, carets and all', async () => {
    const { send } = await three();
    const found = await send('GET', `${incidentsUrl}?correlation_id=x%5Ey&sysparm_fields=number`);
    expect(found.body).toEqual({ result: [{ number: 'INC0010001' }] });
  });
});

describe('updating', () => {
  it.each(['PATCH', 'PUT'])('changes only what %s names, and counts the change', async (method) => {
    const { send, create, clock } = instance();
    const { sys_id: sysId } = await create({ short_description: 'one', description: 'kept' });
    clock.at = new Date('2026-11-24T10:00:00Z');
    const answer = await send(method, `${incidentsUrl}/${String(sysId)}`, { state: '2', nonsense: '1' });
    expect(answer.status).toBe(200);
    expect(answer.body.result).toMatchObject({
      state: '2',
      incident_state: '2',
      description: 'kept',
      sys_mod_count: '1',
      sys_created_on: '2026-11-24 09:30:15',
      sys_updated_on: '2026-11-24 10:00:00',
    });
    const same = await send(method, `${incidentsUrl}/${String(sysId)}`, { state: '2' });
    expect(same.body.result).toMatchObject({ sys_mod_count: '1' });
  });

  it('appends notes to the journal each time, and reads them back as nothing', async () => {
    const { send, create, serviceNow } = instance();
    const { sys_id: sysId } = await create({ work_notes: 'first' });
    for (const note of ['second', 'second', '']) {
      const answer = await send('PATCH', `${incidentsUrl}/${String(sysId)}`, { work_notes: note });
      expect(answer.body.result).toMatchObject({ work_notes: '', comments: '' });
    }
    await send('PATCH', `${incidentsUrl}/${String(sysId)}`, { comments: 'for the caller' });
    const journal = serviceNow.incidents()[0]?.journal ?? [];
    expect(journal.map(({ field, text }) => [field, text])).toEqual([
      ['work_notes', 'first'],
      ['work_notes', 'second'],
      ['work_notes', 'second'],
      ['comments', 'for the caller'],
    ]);
  });

  it('refuses to resolve without a code and notes, and leaves the incident as it was', async () => {
    const { send, create, serviceNow } = instance();
    const { sys_id: sysId } = await create({});
    const url = `${incidentsUrl}/${String(sysId)}`;
    for (const state of ['6', '7']) {
      const refused = await send('PATCH', url, { state, close_code: 'Solution provided', work_notes: 'lost' });
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject({
        error: {
          message: 'Operation Failed',
          detail: expect.stringContaining('was aborted by Business Rule') as string,
        },
        status: 'failure',
      });
    }
    expect(serviceNow.incidents()[0]).toMatchObject({ fields: { state: '1', close_code: '' }, journal: [] });
    const done = await send('PATCH', url, {
      state: '6',
      close_code: 'Solution provided',
      close_notes: 'closed the port',
    });
    expect(done.body.result).toMatchObject({ state: '6', incident_state: '6', active: 'true' });
    expect(done.body.result).toMatchObject({ resolved_at: '2026-11-24 09:30:15' });
    const closed = await send('PATCH', url, { state: '7' });
    expect(closed.body.result).toMatchObject({ state: '7', active: 'false', closed_at: '2026-11-24 09:30:15' });
    expect((await send('POST', incidentsUrl, { state: '6' })).status).toBe(403);
  });

  it('knows no record that is not there', async () => {
    const { send } = instance();
    expect((await send('PATCH', `${incidentsUrl}/${'0'.repeat(32)}`, { state: '2' })).status).toBe(404);
  });

  it('keeps both of two updates at once', async () => {
    const { send, create, serviceNow } = instance();
    const { sys_id: sysId } = await create({});
    const url = `${incidentsUrl}/${String(sysId)}`;
    await Promise.all([send('PATCH', url, { description: 'a' }), send('PATCH', url, { work_notes: 'b' })]);
    expect(serviceNow.incidents()[0]?.fields).toMatchObject({ description: 'a', sys_mod_count: '2' });
  });
});

describe('weather', () => {
  it('is down: nothing is written', async () => {
    const { send, serviceNow } = instance();
    serviceNow.down = true;
    expect((await send('POST', incidentsUrl, {})).status).toBe(503);
    serviceNow.down = false;
    expect(serviceNow.incidents()).toEqual([]);
    expect((await send('POST', incidentsUrl, {})).status).toBe(201);
  });

  it('hibernates: a page instead of JSON, with status 200', async () => {
    const { serviceNow } = instance();
    serviceNow.hibernating = true;
    const response = await serviceNow.app.request(incidentsUrl, { method: 'POST', body: '{}' });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toContain('text/html');
    expect(serviceNow.incidents()).toEqual([]);
  });

  it('limits the rate until the hour is over', async () => {
    const { send, serviceNow } = instance();
    serviceNow.rateLimited = true;
    const answer = await send('POST', incidentsUrl, {});
    expect(answer.status).toBe(429);
    expect(answer.headers.get('Retry-After')).toBe('1785');
    expect(answer.headers.get('X-RateLimit-Reset')).toBe(String(Date.parse('2026-11-24T10:00:00Z') / 1000));
    expect(answer.headers.get('X-RateLimit-Limit')).toBe('500');
    expect(answer.body).toMatchObject({ error: { message: 'Rate limit exceeded' }, status: 'failure' });
    expect(serviceNow.incidents()).toEqual([]);
  });

  it('loses the answers of writes after carrying them out, and still answers reads', async () => {
    const { send, serviceNow } = instance();
    serviceNow.answersLost = true;
    expect((await send('POST', incidentsUrl, { correlation_id: 'once' })).status).toBe(502);
    expect(serviceNow.incidents().map(({ fields }) => fields.correlation_id)).toEqual(['once']);
    const found = await send('GET', `${incidentsUrl}?correlation_id=once&sysparm_fields=correlation_id`);
    expect(found.body).toEqual({ result: [{ correlation_id: 'once' }] });
  });
});
