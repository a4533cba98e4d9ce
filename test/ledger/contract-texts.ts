import { beforeEach, describe, expect, it } from 'vitest';
import type { LedgerBody, LedgerEntry } from '../../shared/core/model/ledger.ts';
import { failed, firewall, FINE, hint, intended, rules, sceneOf, sequencesOf, TARGET } from './samples.ts';
import type { Open, Scene } from './samples.ts';

const TEXTS: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a blank', ' '],
  ['lines', 'one\ntwo\r\nthree\u2028four\u2029'],
  ['letters of many scripts', 'Zürich 東京 עברית العربية हिन्दी 🔥👩‍👩‍👧‍👦'],
  ['the end of a text', 'before\u0000after\u0000'],
  ['control characters', Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')],
  ['half a surrogate', 'a\ud800b\udc00c'],
  ['the mark of lost letters', '\ufffd\ufeff\uffff'],
  ['what looks like an escape', '\\ud800 \\u0000 \\n'],
  ['JSON', '{"a":[1,2,"\\""]}'],
  ['SQL', `'; drop table entries; --`],
  ['an expression', ':a #b attribute_not_exists(pk)'],
  ['a very long text', 'länge '.repeat(100_000)],
];

export function describeTexts(open: Open): void {
  let scene: Scene;

  beforeEach(async () => {
    scene = await sceneOf(open);
  });

  async function kept(body: LedgerBody, cause = hint()): Promise<LedgerEntry | undefined> {
    const { sequence } = await scene.ledger.append(TARGET, cause, body);
    return scene.ledger.entry(TARGET, sequence);
  }

  describe('texts', () => {
    it.each(TEXTS)('may be %s, in a body and in an event', async (_name, text) => {
      const { at } = hint();
      const cause = { eventId: text, eventName: text, at, actor: text, sourceAddress: text, userAgent: text };
      const read = await kept(failed(text), cause);
      expect(read?.body).toEqual(failed(text));
      expect(read?.hint).toEqual(cause);
    });

    it('may be names of fields, those that every object has included', async () => {
      const names = [
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        '',
        ' ',
        '\u0000',
        '\ud800',
        'S',
        'kind',
      ];
      // JSON.parse makes fields of its own of them all, as a tag's name may be.
      const tags = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:"x"`).join(',')}}`) as Record<
        string,
        string
      >;
      const read = await kept({ kind: 'held', firewall: { ...firewall(), tags }, findings: [], reasons: [] });
      if (read?.body.kind !== 'held') throw new Error('this is another entry');
      expect(Object.keys(read.body.firewall.tags)).toEqual(names);
      expect(Object.getPrototypeOf(read.body.firewall.tags)).toBe(Object.prototype);
    });

    it.each([-8.64e15, -1, 0, 1, 951_782_400_123, 253_402_300_799_999, 8.64e15])(
      'of an event leave its time of %d as it is',
      async (time) => {
        expect((await kept(FINE, { ...hint(), at: new Date(time) }))?.hint?.at).toEqual(new Date(time));
      },
    );

    it('of an event whose time is none are kept all the same', async () => {
      const read = await kept(FINE, { ...hint(), at: new Date(Number.NaN) });
      expect(read?.hint?.actor).toBe('alex');
      expect(read?.hint?.at.getTime()).toBeNaN();
    });
  });

  describe('a before-image', () => {
    it.each([1_000, 5_000])('of %d rules, which do not pack well, is kept whole', async (count) => {
      const body = intended(rules(count));
      expect((await kept(body))?.body).toEqual(body);
      expect(await scene.ledger.newest(TARGET, 1)).toMatchObject([{ entry: { sequence: 1 } }]);
    });

    it('is kept by each of many who append at once', async () => {
      const bodies = [200, 400, 600, 800].map((count) => intended(rules(count)));
      const appended = await Promise.all(bodies.map((body) => scene.ledger.append(TARGET, undefined, body)));
      const stored = await scene.ledger.entries(TARGET);
      expect(sequencesOf(stored)).toEqual([1, 2, 3, 4]);
      for (const entry of appended) expect(stored[entry.sequence - 1]).toEqual(entry);
    });
  });
}
