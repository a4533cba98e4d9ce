import type * as sqlite from 'node:sqlite';

function isAboutSqlite(warning: string | Error): boolean {
  return /^SQLite is an experimental feature/.test(typeof warning === 'string' ? warning : warning.message);
}

/**
 * Does something without the warning of Node 24.0 to 24.14 that its SQLite is experimental, which would be all that a
 * user of the command line sees of it; since 24.15 there is none (documentation of Node, node:sqlite, 2026-11-24).
 * Every other warning is given as always.
 */
export function withoutSqliteWarning<T>(work: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const emit = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (!isAboutSqlite(warning)) Reflect.apply(emit, process, [warning, ...rest]);
  };
  try {
    return work();
  } finally {
    if (own !== undefined) Object.defineProperty(process, 'emitWarning', own);
  }
}

/** Node's own SQLite, which warns when it is loaded. */
export function sqliteModule(): typeof sqlite {
  return withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite'));
}
