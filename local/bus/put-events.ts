import { Hono } from 'hono';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Chance } from '../chance.ts';
import { eventTimeText } from './event.ts';
import type { BusEvent } from './event.ts';

export interface PutEventsOptions {
  readonly account: string;
  readonly region: string;
  readonly busName: string;
  readonly now: () => Date;
  /** Where the ids of events and requests come from. */
  readonly ids: Chance;
  readonly accept: (event: BusEvent) => void;
}

/** Entries as they arrive: what is missing is an error of that entry, what has the wrong type one of the request. */
const entrySchema = z.object({
  /** Seconds since 1970, to the end of the year 9999: later years have no RFC 3339 text. */
  Time: z.number().min(0).max(253_402_300_799).optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
});
const requestSchema = z.object({ Entries: z.array(entrySchema) });
const detailSchema = z.record(z.string(), z.unknown());

type Entry = z.infer<typeof entrySchema>;

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const entriesAtMost = 10;
/**
 * User guide, page "Calculating PutEvents event entry size" (read 2026-11-24). A newer limit of 1 MB is not verified; to
 * refuse earlier than AWS is the safe side.
 */
const requestBytesAtMost = 256 * 1024;

/** PutEvents over the JSON 1.1 protocol, as the SDK speaks it: one POST, the action in `X-Amz-Target`. */
export function putEventsApp(options: PutEventsOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    c.header('x-amzn-RequestId', options.ids.uuid());
    await next();
  });
  app.post('/', async (c) => {
    // The signature itself is not checked: whoever reaches a loopback address may put events.
    if (!(c.req.header('Authorization') ?? '').startsWith('AWS4-HMAC-SHA256 ')) {
      return refuse(c, 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const target = c.req.header('X-Amz-Target') ?? '';
    if (target !== 'AWSEvents.PutEvents') {
      return refuse(c, 400, 'UnknownOperationException', `the local bus does not model \`${target}\``);
    }
    const request = requestSchema.safeParse(jsonOf(await c.req.text()));
    if (!request.success) {
      return refuse(
        c,
        400,
        'SerializationException',
        'the request is not the JSON of PutEvents; send `{"Entries": [...]}`',
      );
    }
    return answerEntries(c, request.data.Entries, options);
  });
  return app;
}

function answerEntries(c: Context, entries: readonly Entry[], options: PutEventsOptions): Response {
  if (entries.length < 1 || entries.length > entriesAtMost) {
    const bound = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${entriesAtMost}`;
    const constraint = `failed to satisfy constraint: Member must have length ${bound}`;
    return refuse(c, 400, 'ValidationException', `1 validation error detected: Value at 'entries' ${constraint}`);
  }
  if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > requestBytesAtMost) {
    return refuse(c, 400, 'ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const read = entries.map((entry) => eventOf(entry, options));
  const events = read.filter((result) => 'id' in result);
  for (const event of events) options.accept(event);
  return answer(c, 200, {
    FailedEntryCount: read.length - events.length,
    Entries: read.map((result) => ('id' in result ? { EventId: result.id } : result)),
  });
}

/**
 * One entry -> its event, or its error. Codes: API reference of PutEventsResultEntry (2026-11-24).
 *
 * That reference also says that a request none of whose entries is complete fails as a whole; answers recorded by others
 * show one error per entry instead, and so does this.
 */
function eventOf(entry: Entry, { account, region, busName, now, ids }: PutEventsOptions): BusEvent | EntryError {
  const { Source: source, DetailType: detailType, Detail: detailText } = entry;
  if (!source) return missing('Source');
  if (!detailType) return missing('DetailType');
  if (!detailText) return missing('Detail');
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = detailSchema.safeParse(jsonOf(detailText));
  if (!detail.success) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const bus = entry.EventBusName ?? busName;
  if (bus !== busName && !bus.endsWith(`:event-bus/${busName}`)) {
    // Not verified against AWS; an event for a bus that is not there must at least not vanish here.
    return { ErrorCode: 'InvalidArgument', ErrorMessage: `Event bus ${bus} does not exist.` };
  }
  return {
    version: '0',
    id: ids.uuid(),
    'detail-type': detailType,
    source,
    account,
    time: eventTimeText(entry.Time === undefined ? now() : new Date(entry.Time * 1000)),
    region,
    resources: entry.Resources ?? [],
    detail: detail.data,
  };
}

function missing(name: string): EntryError {
  const message = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
  return { ErrorCode: 'InvalidArgument', ErrorMessage: message };
}

/** The size of an entry as the user guide counts it: 14 bytes for a time, and the UTF-8 bytes of its texts. */
function bytesOf(entry: Entry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  const time = entry.Time === undefined ? 0 : 14;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), time);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schemas refuse undefined, so text that is not JSON ends in the same error as JSON of the wrong shape.
    return undefined;
  }
}

function refuse(c: Context, status: 400 | 403, type: string, message: string): Response {
  return answer(c, status, { __type: type, message });
}

function answer(c: Context, status: 200 | 400 | 403, body: object): Response {
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/x-amz-json-1.1' });
}
