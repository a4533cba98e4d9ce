import type { EC2ClientConfig } from '@aws-sdk/client-ec2';

/** What an SDK client takes in place of its network. All clients of the SDK take the same. */
type RequestHandler = NonNullable<EC2ClientConfig['requestHandler']>;

/** A service of the local cloud: `app.fetch` of Hono, or something that stands before it. */
export type Answering = (request: Request) => Response | Promise<Response>;

/** A request as the SDK hands it to whoever sends it, as far as the local services look at it. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/**
 * Lets an SDK client speak to a service in this process: the client's own serializers, signatures and errors, without a
 * socket. Where the service throws, the call fails as one without an answer does.
 */
export function answeredBy(answer: Answering): RequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ method, path, headers, body }: SdkRequest) => {
      const url = new URL(path, 'http://127.0.0.1');
      const response = await answer(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }));
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: new Uint8Array(await response.arrayBuffer()),
        },
      };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}
