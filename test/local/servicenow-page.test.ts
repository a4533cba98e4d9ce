import { expect, it } from 'vitest';
import { createLocalServiceNow } from '../../local/servicenow/server.ts';

const login = { authorization: `Basic ${Buffer.from('user:password').toString('base64')}` };

it('shows an incident to a person as plain text, whatever was written into it', async () => {
  const serviceNow = createLocalServiceNow({ user: 'user', password: 'password', now: () => new Date(0) });
  const created = await serviceNow.app.request('/api/now/table/incident', {
    method: 'POST',
    headers: { ...login, 'content-type': 'application/json' },
    body: JSON.stringify({ short_description: 'a port is open', description: '<script>alert(1)</script>' }),
  });
  expect(created.status).toBe(201);
  const sysId = serviceNow.incidents()[0]!.fields.sys_id;
  const page = await serviceNow.app.request(`/nav_to.do?uri=incident.do%3Fsys_id%3D${sysId}`, { headers: login });
  expect(page.headers.get('content-type')).toMatch(/^text\/plain/);
  const text = await page.text();
  expect(text).toContain('INC0010001');
  expect(text).toContain('a port is open');
  expect(text).toContain('<script>alert(1)</script>');
  const other = await serviceNow.app.request(`/nav_to.do?uri=incident.do%3Fsys_id%3D${'0'.repeat(32)}`, {
    headers: login,
  });
  expect(other.status).toBe(404);
  expect((await serviceNow.app.request('/nav_to.do')).status).toBe(401);
});
