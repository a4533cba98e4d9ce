import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** A server that listens on this machine only. */
export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Stops listening and cuts the connections that are still open. */
  close(): Promise<void>;
}

const address = '127.0.0.1';
const bodyLimitBytes = 1024 * 1024;

/** Names of this machine, each with any port. */
const ownHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * The application behind the checks that every local service needs. A page in the user's browser must not reach it:
 * a cross-site request carries `Origin`, and a name that was rebound to loopback shows in `Host`.
 */
function guarded(app: Hono): Hono {
  const door = new Hono();
  door.use(async (c, next) => {
    if (c.req.header('origin') !== undefined) {
      return c.text('requests with an `Origin` header are refused: no web page may call this service\n', 403);
    }
    if (!ownHost.test(c.req.header('host') ?? '')) {
      return c.text('the `Host` header must be `127.0.0.1`, `localhost` or `[::1]`, with or without a port\n', 403);
    }
    await next();
    return undefined;
  });
  door.use(
    bodyLimit({
      maxSize: bodyLimitBytes,
      onError: (c) => c.text(`the body is over ${bodyLimitBytes} bytes\n`, 413),
    }),
  );
  door.all('*', (c) => app.fetch(c.req.raw, c.env));
  return door;
}

function listenError(error: Error, port: number): Error {
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error;
  return new Error(`port ${port} is in use by another program; choose another one, or none for a free one`, {
    cause: error,
  });
}

/** Serves the application on loopback: on a free port, or on the one given. */
export async function serveOnLoopback(app: Hono, port = 0): Promise<LoopbackServer> {
  const server = createAdaptorServer({ fetch: guarded(app).fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => {
      reject(listenError(error, port));
    });
    server.listen(port, address, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string')
    throw new Error(`the server is not bound to a port of \`${address}\``);
  return {
    url: `http://${address}:${bound.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
        // Clients keep idle connections open, and `close` alone would wait for them.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}
