import { setTimeout as timer } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { trueChance, type Chance } from '../chance.ts';
import { dropConnection } from '../drop-connection.ts';
import { actions, type WriteAction } from './actions.ts';
import { credentialOf, type Caller, type Credential } from './callers.ts';
import { cloudTrailRecord, type CloudTrailRecord } from './cloudtrail.ts';
import { Ec2Error } from './errors.ts';
import { drawFate, throttling, type Fate } from './fate.ts';
import { History } from './history.ts';
import { noticeOf, type StateChangeNotice } from './notices.ts';
import type { Read } from './outcome.ts';
import { booleanAt, checkUnrepeated, queryTreeOf, textAt, type QueryNode } from './query.ts';
import { quotasOf, type Quotas } from './quotas.ts';
import { firstWorld, type Beginning } from './start.ts';
import { Throttle } from './throttle.ts';
import { fairWeather, type Ec2Weather } from './weather.ts';
import type { Setting, World } from './world.ts';
import { errorXml, responseXml, type XmlFields } from './xml.ts';

export interface LocalEc2Options extends Beginning {
  readonly account: string;
  readonly region: string;
  /** `aws` unless given; it is in every ARN. */
  readonly partition?: string;
  /** Who holds which access key id. */
  readonly callers: ReadonlyMap<string, Caller>;
  /** What an account may have, where its quotas were raised. */
  readonly quotas?: Partial<Quotas>;
  readonly now: () => Date;
  /** Hears of every write call of a known caller, done or failed, after the world has changed. */
  readonly record: (record: CloudTrailRecord) => void;
  /** Hears of every state that an instance comes to, after the record of the call that moved it. */
  readonly notify?: (notice: StateChangeNotice) => void;
  /** Where ids come from, and what decides on faults. Default: true chance. */
  readonly chance?: Chance;
  /** The weather at the start, where it is not fair. */
  readonly weather?: Partial<Ec2Weather>;
  /** Waits where an answer is slow. Default: a timer of Node. */
  readonly sleep?: (delayMs: number) => Promise<void>;
}

/** A local EC2: an HTTP application that speaks the Query protocol at `/`. */
interface LocalEc2 {
  readonly app: Hono;
  /** What is wrong just now; change its members at any time. */
  readonly weather: Ec2Weather;
  /** What it holds just now, for whoever judges it: no weather stands before that. */
  world(): World;
}

interface Call {
  readonly fate: Fate;
  readonly requestId: string;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
  readonly userAgent: string;
}

interface Answer {
  readonly status: number;
  readonly xml: string;
}

const apiVersion = '2016-11-15';

function settingOf(options: LocalEc2Options, ids: Chance): Setting {
  let sequence = 0;
  return {
    account: options.account,
    region: options.region,
    partition: options.partition ?? 'aws',
    newId: (prefix) => `${prefix}0${ids.hex(16)}`,
    newSequence: () => ++sequence,
    now: options.now,
    quotas: quotasOf(options.quotas),
  };
}

function checkRequest(form: URLSearchParams, query: QueryNode): void {
  checkUnrepeated(form);
  const version = textAt(query, 'Version');
  if (version === apiVersion) return;
  throw new Ec2Error(
    'NoSuchVersion',
    `The requested version (${version ?? 'none'}) of service AmazonEC2 does not exist`,
  );
}

/** Comes after the call was computed: that a dry run reports every other error first is not verified. */
function checkNoDryRun(query: QueryNode): void {
  if (!booleanAt(query, 'DryRun')) return;
  throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

function checkMayWrite(name: string, { caller }: Credential): void {
  if (caller.mayWrite) return;
  throw new Ec2Error(
    'UnauthorizedOperation',
    `You are not authorized to perform this operation. User: ${caller.arn} is not authorized to perform: ` +
      `ec2:${name} because no identity-based policy allows the ec2:${name} action`,
    403,
  );
}

class Service {
  readonly weather: Ec2Weather;
  readonly #options: LocalEc2Options;
  readonly #setting: Setting;
  readonly #history: History;
  readonly #throttle = new Throttle();
  readonly #eventIds: Chance;

  constructor(options: LocalEc2Options, chance: Chance) {
    this.#options = options;
    this.#eventIds = chance.fork('events');
    this.#setting = settingOf(options, chance.fork('ids'));
    this.#history = new History(firstWorld(this.#setting, options));
    this.weather = { ...fairWeather(), ...options.weather };
  }

  get world(): World {
    return this.#history.current;
  }

  answer(call: Call): Answer {
    try {
      const query = queryTreeOf(call.form);
      const credential = credentialOf(call.authorization, this.#options.region, this.#options.callers);
      const name = query.children.get('Action')?.value;
      if (name === undefined) throw new Ec2Error('MissingAction', 'The request must contain the parameter Action');
      const action = actions.get(name);
      if (action === undefined) {
        throw new Ec2Error('InvalidAction', `The action ${name} is not valid for this web service.`);
      }
      const body =
        action.kind === 'read'
          ? this.#read(call, query, name, action.run)
          : this.#write(call, query, { name, action, credential });
      return { status: 200, xml: responseXml(name, call.requestId, body) };
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      return errorAnswer(error, call.requestId);
    }
  }

  #read(call: Call, query: QueryNode, name: string, run: Read): XmlFields {
    this.#checkWeather(call.fate, name, 'read', query);
    checkRequest(call.form, query);
    const now = this.#options.now();
    const world = this.#history.shownTo(name, now, call.fate.lagMs, this.weather.staleGoesBack);
    const body = run(world, query, this.#setting);
    checkNoDryRun(query);
    return body;
  }

  #write(
    call: Call,
    query: QueryNode,
    named: { readonly name: string; readonly action: WriteAction; readonly credential: Credential },
  ): XmlFields {
    const { requestId, userAgent } = call;
    const { account, region, now, record } = this.#options;
    const at = now();
    const known = { ...named, query, requestId, eventId: this.#eventIds.uuid(), userAgent, account, region, at };
    try {
      this.#checkWeather(call.fate, named.name, 'write', query);
      checkMayWrite(named.name, named.credential);
      checkRequest(call.form, query);
      this.#checkStale(call.fate, query, named.action, at);
      const { world, body, passed = [] } = named.action.run(this.#history.current, query, this.#setting);
      checkNoDryRun(query);
      this.#history.add(world, at, this.weather.stale > 0 || this.weather.staleWrites > 0);
      record(cloudTrailRecord({ ...known, result: { kind: 'done', body } }));
      for (const state of passed) this.#options.notify?.(noticeOf(this.#setting, state, at));
      return body;
    } catch (error) {
      if (error instanceof Ec2Error) record(cloudTrailRecord({ ...known, result: { kind: 'failed', error } }));
      throw error;
    }
  }

  #checkWeather(fate: Fate, name: string, kind: 'read' | 'write', query: QueryNode): void {
    const hasToken = !this.weather.tokenBuckets || this.#throttle.takes(name, kind, query, this.#options.now());
    if (!hasToken || fate.isThrottled) throw throttling();
    if (fate.refusal !== undefined) throw fate.refusal;
  }

  /** A write to a group that is too new for the server that checks it. */
  #checkStale(fate: Fate, query: QueryNode, action: WriteAction, now: Date): void {
    const seen = this.#history.at(now, fate.writeLagMs);
    if (seen === this.#history.current) return;
    try {
      action.run(seen, query, this.#setting);
    } catch (error) {
      // Whatever else a stale world would say is not known of the service, so only this is taken from it.
      if (error instanceof Ec2Error && error.code === 'InvalidGroup.NotFound') throw error;
    }
  }
}

function errorAnswer({ code, message, status }: Ec2Error, requestId: string): Answer {
  return { status, xml: errorXml(code, message, requestId) };
}

/**
 * No answer, although the call was carried out. Where there is no socket to cut, the body breaks off: whoever reads it
 * gets the error that a cut connection would give.
 */
function cutAnswer(c: Context): Response {
  if (dropConnection(c)) return RESPONSE_ALREADY_SENT;
  const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  return new Response(
    new ReadableStream({
      start(controller) {
        controller.error(error);
      },
    }),
  );
}

async function timerSleep(delayMs: number): Promise<void> {
  await timer(delayMs);
}

/** A fresh local EC2 with the given networks and callers. It listens nowhere by itself. */
export function createLocalEc2(options: LocalEc2Options): LocalEc2 {
  const { chance = trueChance(), sleep = timerSleep } = options;
  const [requestIds, faults] = [chance.fork('requests'), chance.fork('faults')];
  const service = new Service(options, chance);
  const app = new Hono();
  const responseOf = ({ status, xml }: Answer, requestId: string): Response =>
    new Response(xml, {
      status,
      headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    });
  app.post('/', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const requestId = requestIds.uuid();
    const fate = drawFate(service.weather, faults);
    if (fate.delayBeforeMs > 0) await sleep(fate.delayBeforeMs);
    const answer = service.answer({
      fate,
      requestId,
      form,
      authorization: c.req.header('authorization'),
      userAgent: c.req.header('user-agent') ?? '',
    });
    if (fate.delayAfterMs > 0) await sleep(fate.delayAfterMs);
    if (fate.loss === undefined) return responseOf(answer, requestId);
    return fate.loss === 'cut' ? cutAnswer(c) : responseOf(errorAnswer(fate.loss, requestId), requestId);
  });
  app.onError((error) => {
    // A fault of this program, not of the caller: it must be seen, and it is answered as the service would.
    console.error(error);
    const requestId = requestIds.uuid();
    return responseOf(
      errorAnswer(new Ec2Error('InternalError', 'An internal error has occurred', 500), requestId),
      requestId,
    );
  });
  return { app, weather: service.weather, world: () => service.world };
}
