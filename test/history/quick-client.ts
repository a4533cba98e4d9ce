import { EC2Client } from '@aws-sdk/client-ec2';
import { REGION } from '../../local/people.ts';
import type { Answering } from '../../local/sdk-handler.ts';

/** An operation as the SDK's own protocol takes it. */
interface Operation {
  readonly namespace: string;
  readonly name: string;
  readonly traits: unknown;
  readonly input: unknown;
  readonly output: unknown;
}

/** What of the SDK is used here: the serializers that all of its calls go through. They are not part of its public face. */
interface Serde {
  readonly protocol: {
    serializeRequest(operation: Operation, input: unknown, context: object): Promise<{ readonly body: string }>;
    deserializeResponse(operation: Operation, context: object, response: object): Promise<unknown>;
  };
}

interface SdkCommand {
  readonly input: unknown;
  readonly schema: readonly unknown[];
}

const REQUEST_ID = /<requestId>[^<]*<\/requestId>/;
const MOST_KNOWN = 2000;
const known = new Map<string, unknown>();

/**
 * The SDK's client without its middleware: the same commands, the same wire, the same errors, but no retries and no true
 * signature. A thousand histories make some hundred thousand calls, and two thirds of a call's time went there. Law 5 and
 * the path tests go through all of it.
 */
export class QuickEc2Client extends EC2Client {
  readonly #answer: Answering;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #context: object;
  readonly #serde: Serde;

  constructor(accessKeyId: string, answer: Answering) {
    super({ region: REGION, endpoint: 'http://127.0.0.1:1', credentials: { accessKeyId, secretAccessKey: 'unused' } });
    this.#answer = answer;
    const scope = `Credential=${accessKeyId}/20261124/${REGION}/ec2/aws4_request`;
    this.#headers = {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=00`,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'portcullis',
    };
    const endpoint = { protocol: 'http:', hostname: '127.0.0.1', path: '/' };
    this.#context = { ...this.config, endpoint: () => Promise.resolve(endpoint) };
    this.#serde = this.config;
  }

  // The SDK's own signature is overloaded for every command; whoever calls sees that one.
  override send = (async (command: SdkCommand): Promise<unknown> => {
    const { protocol } = this.#serde;
    const [, namespace, name, traits, input, shape] = command.schema;
    const operation = { namespace: String(namespace), name: String(name), traits, input, output: shape };
    const { body } = await protocol.serializeRequest(operation, command.input, this.#context);
    const request = new Request('http://127.0.0.1/', { method: 'POST', headers: this.#headers, body });
    const answer = await this.#answer(request);
    const text = await answer.text();
    // Most reads show what another has shown before. Nobody changes an answer in place, so one stands for all.
    const key = answer.ok && operation.name.startsWith('Describe') ? text.replace(REQUEST_ID, '') : undefined;
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    const output = await protocol.deserializeResponse(operation, this.#context, {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: new TextEncoder().encode(text),
    });
    if (known.size > MOST_KNOWN) known.clear();
    if (key !== undefined) known.set(key, output);
    return output;
  }) as EC2Client['send'];
}
