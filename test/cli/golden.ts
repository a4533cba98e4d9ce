import { expectGolden } from '../golden.ts';
import type { Said } from './command.ts';

/** What a reader of the golden file wants to see: what was typed, what came out, and the exit code. */
function sessionText(args: readonly string[], { code, stdout, stderr }: Said): string {
  const typed = args.map((arg) => (/^[\w./=:,-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ');
  const errors = stderr === '' ? '' : `\n[stderr]\n${stderr}`;
  return `$ portcullis ${typed}\n${stdout}${errors}\n[exit code ${String(code)}]\n`;
}

/** Compares a session with the golden file of this name. */
export function expectSession(name: string, args: readonly string[], said: Said): Promise<void> {
  return expectGolden(`cli/${name}`, sessionText(args, said));
}
