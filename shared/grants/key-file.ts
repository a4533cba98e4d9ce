import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Fault } from '../base/fault.ts';
import type { Seal } from './seal.ts';

const KEY_BYTES = 32;

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function sealOf(key: Buffer): Seal {
  return {
    mac: (text) => Promise.resolve(hmac(key, text)),
    isGenuine: (text, mac) => {
      // The digits themselves: a reader of hexadecimal is content with less than all of them.
      const given = Buffer.from(mac);
      const right = Buffer.from(hmac(key, text));
      return Promise.resolve(given.length === right.length && timingSafeEqual(given, right));
    },
  };
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

/** Makes a key for this user alone. Throws a `Fault` where the file is there already, or cannot be written. */
export async function makeKeyFile(file: string): Promise<void> {
  try {
    await writeFile(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const code = systemCode(cause);
    const what =
      code === 'EEXIST'
        ? 'is there already; keep it, or remove it and all that it signed is void'
        : `cannot be written (${code})`;
    throw new Fault('unsupported', `key file \`${file}\` ${what}`, { cause });
  }
}

/** The key in a file: 64 hexadecimal digits. Throws a `Fault` that never shows what is in it. */
export async function keyFileSeal(file: string): Promise<Seal> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = systemCode(cause);
    const make = 'make one with `portcullis grants key FILE`';
    const what =
      code === 'ENOENT' ? `is not there; ${make}` : `cannot be read (${code}); ${make}, readable for this user`;
    throw new Fault(code === 'EACCES' ? 'forbidden' : 'unsupported', `key file \`${file}\` ${what}`, { cause });
  }
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) {
    throw new Fault(
      'unsupported',
      `key file \`${file}\` holds no key; expected 64 hexadecimal digits, as \`portcullis grants key FILE\` makes them`,
    );
  }
  return sealOf(Buffer.from(text.trim(), 'hex'));
}
