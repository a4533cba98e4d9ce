import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Call {
  /** The operation, such as `PutItem`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of a call: `lost` is its answer after it was carried out, `refused` the call itself. */
export type Fate = 'answered' | 'lost' | 'refused' | { readonly error: string; readonly status: number };

export interface Proxy {
  readonly endpoint: string;
  readonly calls: Call[];
  /** Decides for each call, until the next. */
  fate: (call: Call) => Fate;
  readonly close: () => Promise<void>;
}

function callOf(from: IncomingMessage, body: Buffer): Call {
  const operation = String(from.headers['x-amz-target']).split('.')[1] ?? '';
  return { operation, input: JSON.parse(body.toString()) as Call['input'] };
}

async function carriedOut(endpoint: string, from: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const onward = request(endpoint, { method: 'POST', headers: from.headers });
  onward.end(body);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  return answer;
}

/** Stands between a ledger and DynamoDB, sees every call, and loses some. */
export async function proxyOf(endpoint: string): Promise<Proxy> {
  const calls: Call[] = [];
  async function pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const body = await buffer(from);
    const call = callOf(from, body);
    calls.push(call);
    const fate = proxy.fate(call);
    if (typeof fate === 'object') {
      to.writeHead(fate.status, { 'content-type': 'application/x-amz-json-1.0' });
      to.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${fate.error}`, message: 'so it is\nsaid' }));
      return;
    }
    if (fate === 'refused') {
      from.socket.destroy();
      return;
    }
    const answer = await carriedOut(endpoint, from, body);
    const bytes = await buffer(answer);
    if (fate === 'lost') from.socket.destroy();
    else to.writeHead(answer.statusCode ?? 500, answer.headers).end(bytes);
  }
  const server = createServer((from, to) => void pass(from, to)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: Proxy = {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    fate: () => 'answered',
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Loses the first answer to an operation, and no other. */
export function losesFirst(operation: string, isMeant: (call: Call) => boolean = () => true): Proxy['fate'] {
  let isLost = false;
  return (call) => {
    if (isLost || call.operation !== operation || !isMeant(call)) return 'answered';
    isLost = true;
    return 'lost';
  };
}
