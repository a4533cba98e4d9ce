/** A log line: a constant message, and what varies as keys. Never a secret, never a whole event. */
export interface Log {
  info(message: string, keys: Readonly<Record<string, unknown>>): void;
  error(message: string, keys: Readonly<Record<string, unknown>>): void;
}

/** One JSON object a line, as log services of both clouds index it. */
export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  const line = (level: string, message: string, keys: Readonly<Record<string, unknown>>): void => {
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...keys })}\n`);
  };
  return {
    info: (message, keys) => {
      line('info', message, keys);
    },
    error: (message, keys) => {
      line('error', message, keys);
    },
  };
}
