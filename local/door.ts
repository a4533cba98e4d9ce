import { Hono } from 'hono';
import { scopeOf } from './scope.ts';

/** A service in one account and region. */
export interface Room {
  readonly account: string;
  readonly region: string;
  readonly app: Hono;
}

/**
 * One address for the rooms of several accounts and regions, as AWS tells its callers apart: the account is that of the
 * access key, the region stands in the credential scope. Nobody comes into a room of another account, or of a region that
 * the scope does not name; `refusal` answers whoever gets into none, where `account` is known if the key is.
 */
export function doorOf(
  rooms: readonly Room[],
  accountOf: (accessKeyId: string) => string | undefined,
  refusal: (account: string | undefined) => Hono,
): Hono {
  const door = new Hono();
  door.all('*', (c) => {
    const scope = scopeOf(c.req.header('authorization'));
    const account = scope === undefined ? undefined : accountOf(scope.accessKeyId);
    const room = rooms.find((one) => one.account === account && one.region === scope?.region);
    return (room?.app ?? refusal(account)).fetch(c.req.raw, c.env);
  });
  return door;
}

/** EC2 refuses by itself who is in the wrong room: the room says which of key and region is wrong. */
export function ec2Refusal(rooms: readonly Room[]): (account: string | undefined) => Hono {
  const nowhere = new Hono();
  return (account) => (rooms.find((room) => room.account === account) ?? rooms[0])?.app ?? nowhere;
}

const UNKNOWN_KEY = ['UnrecognizedClientException', 'The security token included in the request is invalid.'] as const;
const WRONG_REGION = ['InvalidSignatureException', 'Credential should be scoped to a valid region.'] as const;

/** As the services with JSON protocols refuse (codes of the common errors of their API references; words remembered). */
export function jsonRefusal(account: string | undefined): Hono {
  const [type, message] = account === undefined ? UNKNOWN_KEY : WRONG_REGION;
  const refusing = new Hono();
  refusing.all('*', (c) => c.json({ __type: type, message }, 403));
  return refusing;
}
