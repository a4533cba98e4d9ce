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

/** A plan as `terraform plan -out` saves it is a ZIP archive, and no other input is one. */
function isZipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
}

/** PowerShell's `>` writes UTF-16 with a byte order mark; everything else writes UTF-8. */
function decoded(path: string, bytes: Uint8Array): string {
  if (isZipped(bytes)) {
    const instead = 'if it is a saved plan of Terraform, write `terraform show -json FILE > plan.json`, and give that';
    throw new Fault('malformed', `${fileName(path)} is a ZIP archive; ${instead}`);
  }
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
