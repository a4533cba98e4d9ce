import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CORE, CORE_FILES } from './core-modules.ts';
import type { Core } from './core-modules.ts';

/** One comparison or operator of the core, turned into a mistake. */
export interface Mistake {
  /** Below `shared/core`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const SOURCE = fileURLToPath(new URL('../../shared/core/', import.meta.url));

/** The file's text with the mistake in it. Throws where the text to change is not there exactly once. */
function withMistake(text: string, { file, find, replace }: Mistake): string {
  const times = text.split(find).length - 1;
  if (times === 1) return text.replace(find, () => replace);
  throw new Error(
    `\`${find}\` occurs ${String(times)} times in \`shared/core/${file}\`, expected once; ` +
      'renew this mistake in test/core/mistakes.slow.ts: choose a comparison or operator that is there now',
  );
}

function isCore(modules: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(CORE).every(([name, real]) => {
    const copy = modules[name];
    return typeof copy === 'object' && copy !== null && Object.keys(real).every((key) => key in copy);
  });
}

async function loaded(folder: string): Promise<Core> {
  const modules: Record<string, unknown> = {};
  for (const [name, file] of Object.entries(CORE_FILES)) {
    const module: unknown = await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
    modules[name] = module;
  }
  if (!isCore(modules)) throw new Error(`the copy of the core in \`${folder}\` does not export what the core does`);
  // Checked above: the copy is the core's own source with one operator changed.
  return modules as Core;
}

/** Gives a copy of the core with the mistake in it to `judge`, and takes the copy away afterwards. */
export async function withMutatedCore<T>(mistake: Mistake, judge: (core: Core) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-mistake-'));
  try {
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await cp(SOURCE, join(folder, 'core'), { recursive: true });
    const file = join(folder, 'core', mistake.file);
    await writeFile(file, withMistake(await readFile(file, 'utf8'), mistake));
    return judge(await loaded(join(folder, 'core')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
