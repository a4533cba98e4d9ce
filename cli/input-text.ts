// Files that the command line names -> their texts.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Fault } from '../shared/base/fault.ts';

/** What messages call a file. */
export function fileName(path: string): string {
  return path === '-' ? 'standard input' : `input \`${path}\``;
}

/** What the operating system calls a failure. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch (error) {
    const code = errorCode(error);
    const what =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EISDIR'
          ? 'is a folder; write the files in it'
          : `cannot be read (${code})`;
    throw new Fault('malformed', `${fileName(path)} ${what}`, { cause: error });
  }
}

/** PowerShell's `>` writes UTF-16 with a byte order mark; everything else writes UTF-8. */
function decoded(path: string, bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Fault('malformed', `${fileName(path)} is no UTF-8 text; expected JSON`, { cause: error });
  }
}

/** The text of a file, or of standard input. */
export async function readText(path: string): Promise<string> {
  return decoded(path, await bytesOf(path));
}
