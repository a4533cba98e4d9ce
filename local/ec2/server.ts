import { randomBytes, randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { actions, type WriteAction } from './actions.ts';
import { credentialOf, type Caller, type Credential } from './callers.ts';
import { cloudTrailRecord, type CloudTrailRecord } from './cloudtrail.ts';
import { Ec2Error } from './errors.ts';
import type { LocalVpc, Setting, World } from './groups.ts';
import { firstWorld } from './lifecycle.ts';
import { booleanAt, checkUnrepeated, queryTreeOf, textAt, type QueryNode } from './query.ts';
import { errorXml, responseXml, type XmlFields } from './xml.ts';

export interface LocalEc2Options {
  readonly account: string;
  readonly region: string;
  /** `aws` unless given; it is in every ARN. */
  readonly partition?: string;
  /** Who holds which access key id. */
  readonly callers: ReadonlyMap<string, Caller>;
  readonly vpcs: readonly LocalVpc[];
  readonly now: () => Date;
  /** Hears of every write call of a known caller, done or failed, after the world has changed. */
  readonly record: (record: CloudTrailRecord) => void;
}

/** A local EC2: an HTTP application that speaks the Query protocol at `/`. */
interface LocalEc2 {
  readonly app: Hono;
}

interface Call {
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

function settingOf(options: LocalEc2Options): Setting {
  let sequence = 0;
  return {
    account: options.account,
    region: options.region,
    partition: options.partition ?? 'aws',
    newId: (prefix) => `${prefix}0${randomBytes(8).toString('hex')}`,
    newSequence: () => ++sequence,
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
  readonly #options: LocalEc2Options;
  readonly #setting: Setting;
  #world: World;

  constructor(options: LocalEc2Options) {
    this.#options = options;
    this.#setting = settingOf(options);
    this.#world = firstWorld(this.#setting, options.vpcs);
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
          ? this.#read(call, query, action.run)
          : this.#write(call, query, { name, action, credential });
      return { status: 200, xml: responseXml(name, call.requestId, body) };
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      return { status: error.status, xml: errorXml(error.code, error.message, call.requestId) };
    }
  }

  #read(call: Call, query: QueryNode, run: (world: World, query: QueryNode, setting: Setting) => XmlFields): XmlFields {
    checkRequest(call.form, query);
    const body = run(this.#world, query, this.#setting);
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
    const known = { ...named, query, requestId, userAgent, account, region, at: now() };
    try {
      checkMayWrite(named.name, named.credential);
      checkRequest(call.form, query);
      const { world, body } = named.action.run(this.#world, query, this.#setting);
      checkNoDryRun(query);
      this.#world = world;
      record(cloudTrailRecord({ ...known, result: { kind: 'done', body } }));
      return body;
    } catch (error) {
      if (error instanceof Ec2Error) record(cloudTrailRecord({ ...known, result: { kind: 'failed', error } }));
      throw error;
    }
  }
}

/** A fresh local EC2 with the given networks and callers. It listens nowhere by itself. */
export function createLocalEc2(options: LocalEc2Options): LocalEc2 {
  const service = new Service(options);
  const app = new Hono();
  const headersOf = (requestId: string): Record<string, string> => ({
    'content-type': 'text/xml;charset=UTF-8',
    'x-amzn-requestid': requestId,
  });
  app.post('/', async (c) => {
    const requestId = randomUUID();
    const { status, xml } = service.answer({
      requestId,
      form: new URLSearchParams(await c.req.text()),
      authorization: c.req.header('authorization'),
      userAgent: c.req.header('user-agent') ?? '',
    });
    return new Response(xml, { status, headers: headersOf(requestId) });
  });
  app.onError((error) => {
    // A fault of this program, not of the caller: it must be seen, and it is answered as the service would.
    console.error(error);
    const requestId = randomUUID();
    const xml = errorXml('InternalError', 'An internal error has occurred', requestId);
    return new Response(xml, { status: 500, headers: headersOf(requestId) });
  });
  return { app };
}
