/** A log line: a constant message, and what varies as keys. Never a secret, never a whole event. */
export interface Log {
  info(message: string, keys: Readonly<Record<string, unknown>>): void;
  error(message: string, keys: Readonly<Record<string, unknown>>): void;
}

/** What JSON leaves as it is, and what turns or hides the text of a line on a terminal: controls and directions. */
const INVISIBLE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** One JSON object a line, as log services of both clouds index it. */
export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  const line = (level: string, message: string, keys: Readonly<Record<string, unknown>>): void => {
    const line = JSON.stringify({ time: now().toISOString(), level, message, ...keys });
    write(`${line.replace(INVISIBLE, escaped)}\n`);
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
