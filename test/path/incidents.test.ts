import { expect, it, onTestFinished, describe } from 'vitest';
import { CALLERS, SERVICENOW_PASSWORD, SERVICENOW_USER } from '../../local/people.ts';
import { bodiesOf } from './record.ts';
import {
  guarded,
  impatient,
  incidentTitles,
  makeGroup,
  NO_SSH,
  open,
  openStage,
  permission,
  spelled,
  SSH,
  underText,
} from './stage.ts';
import type { Stage } from './stage.ts';

// What people in ServiceNow do with the incidents, and what the instance does to us, while ports are opened.

function under(backoff?: typeof impatient): ReturnType<typeof underText> {
  return underText(guarded(...NO_SSH), CALLERS, backoff);
}

/** A person edits the newest incident in the instance itself. */
async function edit({ world }: Stage, fields: Readonly<Record<string, string>>): Promise<void> {
  const sysId = world.serviceNow.incidents().at(-1)!.fields.sys_id;
  const login = Buffer.from(`${SERVICENOW_USER}:${SERVICENOW_PASSWORD}`).toString('base64');
  const response = await fetch(`${world.serviceNowUrl}/api/now/table/incident/${sysId}`, {
    method: 'PATCH',
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  expect(response.status).toBe(200);
}

describe('the same breach, after a person has worked on its incident', () => {
  it.each([
    ['taken it on', { state: '2' }, 1],
    ['put it on hold', { state: '3', hold_reason: '1' }, 1],
    ['rewritten its text', { short_description: 'ours', description: 'ours' }, 1],
    ['resolved it', { state: '6', close_code: 'Solution provided', close_notes: 'done' }, 2],
    ['closed it', { state: '7', close_code: 'Solution provided', close_notes: 'done' }, 2],
    ['cancelled it', { state: '8' }, 2],
  ] as const)('where they have %s', async (_what, fields, incidents) => {
    const { stage, group } = await under();
    await open(stage, group, SSH);
    await edit(stage, fields);
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual([]);
    expect(incidentTitles(stage)).toHaveLength(incidents);
    const told = await bodiesOf(stage, group, 'ticketed');
    expect(told.map(({ ticket }) => ticket)).toHaveLength(2);
    expect(told.at(-1)!.ticket).toBe(stage.world.serviceNow.incidents().at(-1)!.fields.number);
  });
});

describe('an instance that does not answer', () => {
  it.each(['hibernating', 'rateLimited'] as const)(
    'because it is %s, gets the incident once it does',
    async (weather) => {
      const { stage, group } = await under();
      const { serviceNow, bus } = stage.world;
      serviceNow[weather] = true;
      bus.onFailure(() => {
        serviceNow[weather] = false;
      });
      await open(stage, group, SSH);
      expect(serviceNow[weather]).toBe(false);
      expect(await spelled(stage, group)).toEqual([]);
      expect(incidentTitles(stage)).toHaveLength(1);
      expect(bus.deadLetters()).toEqual([]);
    },
  );

  it('at all costs no revert: the message becomes a dead letter that names the entry', async () => {
    const { stage, group } = await under(impatient);
    stage.world.serviceNow.down = true;
    await open(stage, group, SSH);
    expect(await spelled(stage, group)).toEqual([]);
    const [letter, ...more] = stage.world.bus.deadLetters();
    expect(more).toEqual([]);
    expect(letter?.queue).toBe('portcullis-ticket');
    expect(letter?.body).toContain(group);
    stage.world.serviceNow.down = false;
    // Putting the letter back is all that it takes.
    stage.world.bus.put(stage.events.find(({ source }) => source === 'portcullis')!);
    await stage.world.bus.idle();
    expect(incidentTitles(stage)).toHaveLength(1);
  });
});

it('two breaches of one group have two incidents, and coming back finds each', async () => {
  const stage = await openStage(guarded(...NO_SSH, '  allow: [{ service: tcp/443, from: anywhere }]'));
  onTestFinished(() => stage.close());
  const group = await makeGroup(stage, 'web');
  for (let time = 0; time < 2; time += 1) {
    await open(stage, group, SSH, permission('tcp', [3306, 3306], '198.51.100.0/24'));
  }
  expect(await spelled(stage, group)).toEqual([]);
  expect(incidentTitles(stage)).toHaveLength(2);
  const told = await bodiesOf(stage, group, 'ticketed');
  expect(told.map(({ created }) => created)).toEqual([true, true, false, false]);
});
