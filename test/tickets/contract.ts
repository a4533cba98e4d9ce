import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TicketDraft, Tickets } from '../../shared/tickets/contract.ts';

export function draftOf(correlationId: string, more: Partial<TicketDraft> = {}): TicketDraft {
  return {
    correlationId,
    title: 'web (sg-0123456789abcdef0) was open, and is closed: tcp/22 from 0.0.0.0/0',
    description: 'Firewall    sg-0123456789abcdef0\nDone        removed tcp/22 from 0.0.0.0/0',
    impact: 2,
    urgency: 1,
    ...more,
  };
}

/** A correlation id as long as those of breaches. */
export function idOf(number: number): string {
  return `portcullis-${String(number).padStart(64, '0')}`;
}

/** A ticket system for one test. */
export interface OpenTickets {
  readonly tickets: Tickets;
  /** How many tickets there are, ended ones included. */
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

/** A ticket system in which a person can end a ticket, so that it is no open ticket any more. */
export interface OpenDesk extends OpenTickets {
  readonly end: (number: string) => Promise<void>;
}

/** What every ticket system has to do. `open` gives an empty one. */
export function describeTickets(name: string, open: () => OpenTickets | Promise<OpenTickets>): void {
  describe(name, () => {
    let opened: OpenTickets;
    let tickets: Tickets;

    beforeEach(async () => {
      opened = await open();
      ({ tickets } = opened);
    });
    afterEach(() => opened.close());

    it('finds nothing where nothing was created', async () => {
      expect(await tickets.find(idOf(1))).toBeUndefined();
      expect(opened.count()).toBe(0);
    });

    it('finds what was created, as it was created', async () => {
      const created = await tickets.create(draftOf(idOf(1)));
      expect(await tickets.find(idOf(1))).toEqual(created);
      expect(opened.count()).toBe(1);
    });

    it('gives a ticket a number that people can say, and an address that can be opened', async () => {
      const { number, url } = await tickets.create(draftOf(idOf(1)));
      expect(number).toMatch(/^[A-Z]+\d+$/);
      expect(URL.canParse(url)).toBe(true);
    });

    it('finds nothing for an id that differs by its end, its beginning or its length', async () => {
      await tickets.create(draftOf('portcullis-abc'));
      for (const other of ['portcullis-abd', 'portcullis-ab', 'portcullis-abcd', 'ortcullis-abc', 'portcullis-']) {
        expect(await tickets.find(other), other).toBeUndefined();
      }
    });

    it('tells tickets apart, whatever order they are asked for in', async () => {
      const first = await tickets.create(draftOf(idOf(1)));
      const second = await tickets.create(draftOf(idOf(2), { title: 'another breach' }));
      expect(second.number).not.toBe(first.number);
      expect(second.url).not.toBe(first.url);
      expect(await tickets.find(idOf(2))).toEqual(second);
      expect(await tickets.find(idOf(1))).toEqual(first);
    });

    it('finds an id of the longest length that is allowed', async () => {
      const longest = `${'a'.repeat(99)}0`;
      const created = await tickets.create(draftOf(longest));
      await tickets.create(draftOf(`${'a'.repeat(98)}0`));
      expect(await tickets.find(longest)).toEqual(created);
    });

    it('keeps finding the same ticket', async () => {
      const created = await tickets.create(draftOf(idOf(1)));
      const found = await Promise.all(Array.from({ length: 5 }, () => tickets.find(idOf(1))));
      for (const ticket of found) expect(ticket).toEqual(created);
      expect(opened.count()).toBe(1);
    });

    it('finds the older one where a twin exists, so that everybody speaks of the same', async () => {
      const first = await tickets.create(draftOf(idOf(1)));
      await tickets.create(draftOf(idOf(1)));
      expect(await tickets.find(idOf(1))).toEqual(first);
    });

    it.each([1, 2, 3] as const)('takes impact and urgency %d', async (level) => {
      const created = await tickets.create(draftOf(idOf(1), { impact: level, urgency: level }));
      expect(await tickets.find(idOf(1))).toEqual(created);
    });
  });
}

/** What every ticket system has to do in which tickets are ended. `open` gives an empty one. */
export function describeEndedTickets(name: string, open: () => Promise<OpenDesk>): void {
  describe(name, () => {
    let desk: OpenDesk;
    beforeEach(async () => {
      desk = await open();
    });
    afterEach(() => desk.close());

    it('finds no ticket that was ended', async () => {
      const { number } = await desk.tickets.create(draftOf(idOf(1)));
      await desk.end(number);
      expect(await desk.tickets.find(idOf(1))).toBeUndefined();
      expect(desk.count()).toBe(1);
    });

    it('opens a new one for the same breach, and finds that one past the ended', async () => {
      const old = await desk.tickets.create(draftOf(idOf(1)));
      await desk.end(old.number);
      const renewed = await desk.tickets.create(draftOf(idOf(1)));
      expect(renewed.number).not.toBe(old.number);
      expect(await desk.tickets.find(idOf(1))).toEqual(renewed);
      expect(desk.count()).toBe(2);
    });

    it('ends one and leaves its neighbour open', async () => {
      const first = await desk.tickets.create(draftOf(idOf(1)));
      const second = await desk.tickets.create(draftOf(idOf(2)));
      await desk.end(first.number);
      expect(await desk.tickets.find(idOf(2))).toEqual(second);
    });
  });
}
